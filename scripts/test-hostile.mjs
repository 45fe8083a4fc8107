#!/usr/bin/env node
// npm run test:hostile: the attacks on the boundary of a VM at full size, machines saved and restored at full length, the fuzzers for minutes, the
// orchestrator killed a hundred times, and worker, server, VMs and nats-server under runs a hundred times.
// What `npm test` runs is a selection of the same. Words given to it are passed on to vitest.
import { spawn } from "node:child_process";
import { once } from "node:events";

const env = {
  VIBEWRITER_HOSTILE: "full",
  VIBEWRITER_FUZZ_SECONDS: "120",
  VIBEWRITER_CRASH_ROUNDS: "100",
  VIBEWRITER_KILL_ROUNDS: "100",
  ...process.env,
};
const suites = [
  "packages/microvm/test/hostile",
  "packages/microvm/test/drivers",
  "packages/microvm/test/client",
  "packages/microvm/test/gateway",
  "packages/microvm/test/vm/crash.test.ts",
  "tests/crash.test.ts",
];

// One after the other: a fuzzer beside an attack would only slow it down.
const guest = await run("npm", ["run", "--silent", "test:guest"]);
const host = await run("npx", ["vitest", "run", "--no-file-parallelism", ...suites, ...process.argv.slice(2)]);
process.exitCode = guest || host;

async function run(command, args) {
  const child = spawn(command, args, { env, stdio: "inherit" });
  const [code] = await once(child, "exit");
  return code ?? 1;
}
