// `npm run dev`: the server restarts when its sources change, and Vite serves the page with hot reload and passes API
// calls on to the server.
import { spawn } from 'node:child_process';
import { environment } from './process.mjs';

const children = [
  ['--watch', 'packages/server/bin/vitrine.mjs', 'serve', ...process.argv.slice(2)],
  ['node_modules/vite/bin/vite.js', 'packages/web'],
].map((args) => spawn(process.execPath, args, { env: environment(), stdio: 'inherit' }));

// Whichever ends first takes the other with it.
for (const child of children) child.on('exit', () => children.forEach((other) => other.kill('SIGTERM')));
['SIGINT', 'SIGTERM'].forEach((signal) => process.on(signal, () => children.forEach((child) => child.kill(signal))));
