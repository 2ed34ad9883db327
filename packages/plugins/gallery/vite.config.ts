import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The panels with made-up data, to be looked at: `npx vite packages/plugins/gallery`. Not part of the product. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: '/tmp/vitrine-gallery', emptyOutDir: true, assetsInlineLimit: 0 },
});
