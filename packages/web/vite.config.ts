import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The server that the page talks to while it is worked on. */
const server = process.env['VITRINE_URL'] ?? 'http://127.0.0.1:9470';

export default defineConfig({
  plugins: [react()],
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    // A data: URL would need a hole in the CSP.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What changes with every release stays apart from what rarely does.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/](react-)?(router|query|store|history)/, priority: 2 },
            { name: 'uplot', test: /node_modules[\\/]uplot[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      // The server takes writes from its own pages only, so the page passes for one.
      ['/api', '/-', '/metrics', '/sign-in'].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
});
