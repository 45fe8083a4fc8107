/** Says what a rewritten draft says otherwise than before: a style pass may change none of it. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { compareRewrite } from "../../../packages/evidence/src/style/compare.js";
import { rewriteText } from "../../../packages/evidence/src/style/rewrite-text.js";

const USAGE = "Usage: node check.mjs --before BEFORE.md --after AFTER.md [--undo] [--json]";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      before: { type: "string" },
      after: { type: "string" },
      undo: { type: "boolean", default: false },
      json: { type: "boolean" },
    },
  });
  if (values.before === undefined || values.after === undefined) throw new Error(USAGE);
  const before = await readFile(values.before, "utf8");
  const rewrite = compareRewrite(before, await readFile(values.after, "utf8"));
  const isSame = rewrite.changes.length === 0;
  const isUndone = !isSame && values.undo;
  if (isUndone) await writeFile(values.after, before);
  if (values.json) console.log(JSON.stringify({ isSame, isUndone, ...rewrite }, null, 2));
  else {
    console.log(rewriteText(rewrite));
    if (isUndone) console.log(`The rewrite was undone: ${values.after} is what ${values.before} is.`);
  }
  return isSame ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
