/** Puts what the other programs found into one graded table. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { run } from "../src/program.js";
import { Part, riskTable, shownTable } from "../src/risk/table.js";

const USAGE = `Usage: node risk.mjs FILE... [--json]
  FILE  what contracts.mjs, audit.mjs, chain.mjs and market.mjs print with --json; your own risks as
        {"kind": "own", "risks": [{"area", "risk", "grade": "low|medium|high|critical", "evidence": ["[S3]"]}]}
Exit code 0: low; 1: above low, or unknown; 2: wrong call. A line without evidence is refused.`;

await run(async () => {
  const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
  if (positionals.length === 0) throw new Error(USAGE);
  const parts = await Promise.all(
    positionals.map(async (path) => {
      const found = Part.safeParse(JSON.parse(await readFile(path, "utf8")));
      if (!found.success)
        throw new Error(
          `${path} is not what a program of this skill prints with --json: ${found.error.issues[0]?.path.join(".")} ${found.error.issues[0]?.message}`,
        );
      return found.data;
    }),
  );
  const table = riskTable(parts);
  return {
    text: values.json ? JSON.stringify({ kind: "risk", ...table }, null, 2) : shownTable(table),
    code: table.grade === "low" ? 0 : 1,
  };
});
