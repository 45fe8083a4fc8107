#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write("vibewriter is not built yet; run `npm run setup`.\n");
  process.exitCode = 3;
}
