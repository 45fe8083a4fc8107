/** Says what a rewritten draft says otherwise than before: a style pass may change none of it. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { changedFacts } from "../../../packages/evidence/src/style/compare.js";

const USAGE = "Usage: node check.mjs --before BEFORE.md --after AFTER.md [--json]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { before: { type: "string" }, after: { type: "string" }, json: { type: "boolean" } },
  });
  if (values.before === undefined || values.after === undefined) throw new Error(USAGE);
  const changes = changedFacts(await readFile(values.before, "utf8"), await readFile(values.after, "utf8"));
  const isSame = changes.length === 0;
  if (values.json) console.log(JSON.stringify({ isSame, changes }, null, 2));
  else if (isSame) console.log("Both say the same: no number, date, name, quotation or citation has changed.");
  else {
    console.log(`Undo it: ${changes.length} things are said otherwise than before.`);
    for (const { kind, message } of changes) console.log(`${kind}: ${message}`);
  }
  return isSame ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
