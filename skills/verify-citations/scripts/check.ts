/** Looks ahead at what the host's citation check will say of a draft. Runs in the VM, on the same code. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { checkCitations } from "../../../packages/evidence/src/check/check.js";
import { REQUIRED_RATE } from "../../../packages/evidence/src/check/rate.js";
import { sourcesIn } from "../../../packages/evidence/src/check/sources-folder.js";
import type { Verification } from "../../../packages/evidence/src/check/verification.js";

const USAGE = "Usage: node check.mjs --draft DRAFT.md [--sources FOLDER] [--json]";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { draft: { type: "string" }, sources: { type: "string" }, json: { type: "boolean" } },
    allowPositionals: true,
  });
  const draft = values.draft ?? positionals[0];
  if (draft === undefined || positionals.length > 1) throw new Error(USAGE);
  const folder = values.sources ?? join(dirname(draft), "sources");
  const sources = await sourcesIn((name) => readFile(join(folder, name), "utf8"));
  const report = checkCitations(await readFile(draft, "utf8"), sources);
  console.log(values.json ? JSON.stringify(report, null, 2) : table(report));
  return report.citations.total > 0 && report.citations.rate >= REQUIRED_RATE ? 0 : 1;
}

function table({ citations, sentences, problems }: Verification): string {
  const failing = sentences.filter((sentence) => sentence.verdict !== "supported");
  const lines = failing.flatMap((sentence) => [
    "",
    `${sentence.verdict}: ${sentence.text.replace(/\s+/g, " ")}`,
    ...sentence.checks.filter((check) => !check.passed).map((check) => `  ${check.id} ${check.kind}: ${check.detail}`),
  ]);
  const percent = (100 * citations.rate).toFixed(1);
  return [
    `${citations.supported} of ${citations.total} citations are supported (${percent} %, ${100 * REQUIRED_RATE} % are needed). Matched by text.`,
    ...new Set(problems.map((problem) => `problem: ${problem.message}`)),
    ...lines,
  ].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
