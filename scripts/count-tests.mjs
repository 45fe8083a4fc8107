// Prints "N passed, N failed" from vitest's JSON report: `node count-tests.mjs <report> <exit code of npm test>`.
import { readFileSync } from "node:fs";

const [path, status] = process.argv.slice(2);
let [passed, failed] = [0, 0];
try {
  const report = JSON.parse(readFileSync(path, "utf8"));
  passed = report.numPassedTests;
  failed = report.numFailedTests;
} catch {
  // No report: the set-up or a check failed before any test ran.
}
// A failure outside a test (the set-up, a check, a suite that does not load) is a failure too.
if (status !== "0" && failed === 0) failed = 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
