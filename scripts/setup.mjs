#!/usr/bin/env node
// The set-up: run by npm before `npm test` and `npm run research`, and by hand as `npm run setup`. Node built-ins only.
import { fileURLToPath } from "node:url";
import { SetupError } from "./setup/errors.mjs";
import { setUp } from "./setup/set-up.mjs";

const interrupted = new AbortController();
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [signal, code] of Object.entries(exitCodes)) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) return;
    interrupted.abort(new SetupError(code, "interrupted; nothing half-made was kept, run it again to go on."));
    // What the steps started has this long to end.
    setTimeout(() => process.exit(code), 15_000).unref();
  });
}

try {
  await setUp({
    root: fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""),
    env: process.env,
    signal: interrupted.signal,
  });
} catch (error) {
  process.stderr.write(`setup: ${error instanceof SetupError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}
