// Runs the injection tests, on our own cases or on those of a folder: `npm run test:injection -- FOLDER`. See docs/security.md.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const [folder] = process.argv.slice(2);
const env = folder === undefined ? process.env : { ...process.env, INJECTIONS: resolve(folder) };
const { status } = spawnSync("npx", ["vitest", "run", "packages/agent/test/injection"], { stdio: "inherit", env });
process.exit(status ?? 1);
