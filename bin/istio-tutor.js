#!/usr/bin/env node
// Checks what the program needs before any of it is loaded, then hands over to the built program.
import { existsSync } from 'node:fs';
import * as module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`istio-tutor needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exitCode = 3;
} else if (!existsSync(main)) {
  console.error('istio-tutor is not built yet. In its folder: npm ci');
  process.exitCode = 3;
} else {
  // Node 22.8 and newer keep the compiled code between runs. Where it cannot, nothing is lost.
  try {
    module.enableCompileCache?.();
  } catch {}
  // A stack trace is read by people only there, and maps cost time.
  if (process.argv.includes('--verbose')) process.setSourceMapsEnabled(true);
  await import(main.href);
}
