/** Looks ahead at what the host's citation check will say of a draft: asks the host where it can be asked, else runs the same code here. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { checkCitations } from "../../../packages/evidence/src/check/check.js";
import { gate } from "../../../packages/evidence/src/check/gate.js";
import { REQUIRED_RATE } from "../../../packages/evidence/src/check/rate.js";
import { sourcesIn } from "../../../packages/evidence/src/check/sources-folder.js";
import { type CheckSummary, summaryOf } from "../../../packages/evidence/src/check/summary.js";
import { REQUIRED_COVERAGE } from "../../../packages/evidence/src/claims/coverage.js";

const USAGE = "Usage: node check.mjs --draft DRAFT.md [--sources FOLDER] [--json]";
/** As long as the bridge itself waits. */
const BRIDGE_MS = 160_000;

interface Looked {
  by: "host" | "copy";
  summary: CheckSummary;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { draft: { type: "string" }, sources: { type: "string" }, json: { type: "boolean" } },
    allowPositionals: true,
  });
  const draft = values.draft ?? positionals[0];
  if (draft === undefined || positionals.length > 1) throw new Error(USAGE);
  // A folder that is named is meant; the host checks against the sources of the run.
  const asked = values.sources === undefined ? await askHost(draft) : undefined;
  const looked = asked ?? (await lookHere(draft, values.sources ?? join(dirname(draft), "sources")));
  console.log(values.json ? JSON.stringify(looked.summary, null, 2) : table(looked));
  return looked.summary.passed ? 0 : 1;
}

/** Undefined where there is no bridge, or no run behind it that answers. */
async function askHost(draft: string): Promise<Looked | undefined> {
  const args = JSON.stringify({ filepath: resolve(draft) });
  try {
    const { stdout } = await promisify(execFile)("vw-tool", ["check_citations", args], {
      timeout: BRIDGE_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
    const { result } = JSON.parse(stdout) as { result?: CheckSummary };
    return result && { by: "host", summary: result };
  } catch {
    return undefined; // The copies of the sources in the VM say nearly the same.
  }
}

async function lookHere(path: string, folder: string): Promise<Looked> {
  const sources = await sourcesIn((name) => readFile(join(folder, name), "utf8"));
  const draft = await readFile(path, "utf8");
  const report = checkCitations(draft, sources);
  return { by: "copy", summary: summaryOf(report, gate(report, draft)) };
}

function table({ by, summary }: Looked): string {
  const { total, supported, rate, coverage, failing, uncited, problems, method } = summary;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    `${supported} of ${total} citations are supported (${percent(rate)}, ${100 * REQUIRED_RATE} % are needed). ${method === "model" ? "Judged by a model." : "Matched by text."}`,
    `${percent(coverage)} of the sentences that state something cite (${100 * REQUIRED_COVERAGE} % are needed).`,
    by === "host" ? "Checked by the host." : "Checked here, on copies of the sources.",
    ...new Set(problems.map((problem) => `problem: ${problem}`)),
    ...failing.flatMap(({ verdict, sentence, reason }) => [
      "",
      `${verdict}: ${oneLine(sentence)}`,
      `  ${oneLine(reason)}`,
    ]),
    ...more(summary.more_failing, "that fail"),
    ...(uncited.length > 0 ? ["", "State something and cite nothing:"] : []),
    ...uncited.map((sentence) => `  ${oneLine(sentence)}`),
    ...more(summary.more_uncited, "that cite nothing"),
  ].join("\n");
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`… and ${count} more ${what}`] : [];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
