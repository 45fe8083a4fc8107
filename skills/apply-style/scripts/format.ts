/** Formats a draft as a style guide says, and advises on what only its writer can change. Nothing that is said changes. */
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Advice, adviceOn } from "../../../packages/evidence/src/style/advice.js";
import { applyGuide, type Styled } from "../../../packages/evidence/src/style/apply.js";
import { GUIDES, type Guide, parseGuide } from "../../../packages/evidence/src/style/guide.js";

const USAGE = `Usage: node format.mjs --draft DRAFT.md --guide ${GUIDES.join("|")}|GUIDE.md [--out FILE.md] [--json]`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      draft: { type: "string" },
      guide: { type: "string" },
      out: { type: "string" },
      json: { type: "boolean" },
    },
    allowPositionals: true,
  });
  const path = values.draft ?? positionals[0];
  if (path === undefined || values.guide === undefined || positionals.length > 1) throw new Error(USAGE);
  const guide = await guideNamed(values.guide);
  const styled = applyGuide(await readFile(path, "utf8"), guide);
  const advice = adviceOn(styled.text, guide);
  await writeFile(values.out ?? path, styled.text);
  const { text: _, ...done } = styled;
  console.log(
    values.json ? JSON.stringify({ ...done, advice, refused: guide.refused }, null, 2) : report(styled, advice, guide),
  );
  return styled.undone.length > 0 ? 1 : 0;
}

async function guideNamed(name: string): Promise<Guide> {
  const isOurs = GUIDES.some((guide) => guide === name);
  const path = isOurs ? join(dirname(fileURLToPath(import.meta.url)), "guides", `${name}.md`) : name;
  return parseGuide(await readFile(path, "utf8"));
}

function report(styled: Styled, advice: readonly Advice[], guide: Guide): string {
  const { passes, undone } = styled;
  return [
    passes.length === 0
      ? "Nothing to format."
      : `Formatted: ${passes.map(({ name, edits }) => `${name} (${edits})`).join(", ")}.`,
    ...undone.flatMap(({ name, changes }) => [
      `undone: ${name}, which would have changed what is said`,
      ...changes.map(({ message }) => `  ${message}`),
    ]),
    ...guide.refused.map(({ what, why }) => `passed over: “${what}”: ${why}`),
    ...advice.map(({ line, text }) => `advice${line === undefined ? "" : `, line ${line}`}: ${text}`),
  ].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
