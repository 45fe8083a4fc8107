/** Says what recorded claims come to: who says what, how sure one may be, conflicts, gaps. Runs in the VM, on the code of the host's tool. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { FindingsFile, findingsInFile } from "../../../packages/evidence/src/findings/findings-file.js";
import { findingsText } from "../../../packages/evidence/src/findings/text.js";

const USAGE = "Usage: node findings.mjs --claims FILE.json [--json]";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { claims: { type: "string" }, json: { type: "boolean" } },
    allowPositionals: true,
  });
  const path = values.claims ?? positionals[0];
  if (path === undefined || positionals.length > 1) throw new Error(USAGE);
  const findings = findingsInFile(await read(path));
  console.log(values.json ? JSON.stringify(findings, null, 2) : findingsText(findings));
  const isOpen = findings.conflicts.some(({ settled }) => settled === "open");
  return isOpen || findings.gaps.length > 0 ? 1 : 0;
}

async function read(path: string): Promise<FindingsFile> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON; give a file with claims and sources.`, { cause });
  }
  const parsed = FindingsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${path} is not claims and sources: ${issue?.path.join(".")} ${issue?.message}.`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
