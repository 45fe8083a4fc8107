/** Reviews the text of an audit report. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { reviewAudit } from "../src/audit/review.js";
import { run } from "../src/program.js";
import { cell, markdownTable } from "../src/table.js";

const USAGE = `Usage: node audit.mjs TEXT [--source ID] [--json]
  TEXT      the report's text or Markdown, such as sources/S3.txt
  --source  its id in the run; default: the name of the file
Example: node /skills/financial-dd/audit.mjs sources/S3.txt --json > audit.json
Exit code 0: nothing of medium or worse is left open; 1: something is, or no findings were recognised; 2: wrong call.`;

await run(async () => {
  const { values, positionals } = parseArgs({
    options: { source: { type: "string" }, json: { type: "boolean" } },
    allowPositionals: true,
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new Error(USAGE);
  const review = reviewAudit(await readFile(path, "utf8"));
  const report = { kind: "audit" as const, source: values.source ?? basename(path).replace(/\.\w+$/, ""), ...review };
  const serious = review.findings.some((f) => /critical|high|medium/.test(f.level) && f.status !== "fixed");
  const list = (said: readonly { value: string; line: number }[]) =>
    said.map((one) => `${cell(one.value)} (line ${one.line})`).join(", ") || "not said";
  const text = [
    `Auditor: ${list(review.auditor ? [review.auditor] : [])}`,
    `Commits: ${list(review.commits)}`,
    `Dates: ${list(review.dates)}`,
    `Scope: ${list(review.scope)}`,
    `Counted by the report: ${
      Object.entries(review.counted)
        .map(([level, count]) => `${level} ${count}`)
        .join(", ") || "no table"
    }`,
    ...review.notes.map((note) => `Note: ${note}`),
    "",
    markdownTable(
      ["id", "level", "status", "title", "line"],
      review.findings.map((f) => [f.id, f.level, f.status, f.title, String(f.line)]),
    ),
  ].join("\n");
  return {
    text: values.json ? JSON.stringify(report, null, 2) : text,
    code: serious || review.findings.length === 0 ? 1 : 0,
  };
});
