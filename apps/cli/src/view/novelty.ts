import type { Novelty } from "@vibewriter/server";
import { clip, plain } from "../escape.js";
import { count, percent } from "./format.js";

type Style = (text: string) => string;
type There = Novelty["shared"][number]["there"];

const EXCERPT = 100;
const MOST_RUNS = 8;

/** Why an article scores what it does, for a person. */
export function noveltyLines(novelty: Novelty, { bold, dim }: { bold: Style; dim: Style }): string[] {
  const { record, parts, words, closest, shared, sharedWords, advice } = novelty;
  const lines = [
    `${bold(`Novelty ${record.score} of 100`)} beside ${count(record.corpus.passages, "passage")} published before.`,
  ];
  if (record.mode === "lexical")
    lines.push("Provisional: the built-in embedder sees spelling, not meaning, and nothing is paid for such a score.");
  lines.push(
    "",
    `  ${percent(parts.distance).padStart(5)}  far from what was published: 100 % is on another subject, 0 % says the same`,
    `  ${percent(parts.unshared).padStart(5)}  in words that nobody has published in this order`,
    `  ${percent(parts.coherent).padStart(5)}  coherent: words stand beside each other as they do in other texts`,
    `  ${words.own} of ${count(words.all, "word")} count as prose of your own`,
  );
  if (closest.length > 0) lines.push("", bold("Closest passages"));
  for (const { similarity, passage, here, there } of closest) {
    lines.push(`  ${similarity.toFixed(2)}  passage ${passage + 1}, beside ${nameOf(there)}`);
    lines.push(dim(`        here   ${excerpt(here.text)}`));
    if (there) lines.push(dim(`        there  ${excerpt(there.text)}`));
  }
  if (shared.length > 0) lines.push("", bold(`Shared text (${count(sharedWords, "word")} in all)`));
  for (const { words: length, here, there } of shared.slice(0, MOST_RUNS)) {
    const where = there ? `also in ${nameOf(there)}, ${there.start}-${there.end}` : "said before in this article";
    lines.push(
      `  ${count(length, "word")} at ${here.start}-${here.end}, ${where}`,
      dim(`        ${excerpt(here.text)}`),
    );
  }
  if (shared.length > MOST_RUNS) lines.push(dim(`  and ${shared.length - MOST_RUNS} more; --json has them`));
  if (advice.length > 0) lines.push("", bold("What would raise it"));
  for (const { text } of advice) lines.push(`  - ${plain(text)}`);
  return lines;
}

function nameOf(there: There): string {
  return there ? `"${plain(there.title)}" by ${plain(there.author)} (${plain(there.article)})` : "what stands no more";
}

function excerpt(text: string): string {
  return clip(plain(text), EXCERPT);
}
