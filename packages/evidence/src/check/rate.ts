import { CITATION } from "./sentences.js";
import type { CheckedSentence, Verification } from "./verification.js";

/** The share of a draft's citations that must be supported before it may be published. */
export const REQUIRED_RATE = 0.9;

/**
 * Counts the pairs of sentence and source, and those that are supported. Words that are repeated count once, by the worst of
 * their verdicts: saying a true sentence ten times makes no other one truer.
 */
export function countCitations(sentences: readonly CheckedSentence[]): Verification["citations"] {
  const pairs = new Map<string, boolean>();
  for (const { text, citations } of sentences) {
    const said = saidIn(text);
    for (const { id, verdict } of citations) {
      const pair = `${id} ${said}`;
      pairs.set(pair, (pairs.get(pair) ?? true) && verdict === "supported");
    }
  }
  const total = pairs.size;
  const supported = [...pairs.values()].filter(Boolean).length;
  return { total, supported, rate: total === 0 ? 0 : supported / total };
}

/** The words and figures of a sentence, by which it is told whether it is said again. */
export function saidIn(text: string): string {
  return text
    .replace(CITATION, " ")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}%$€£.]+/gu, " ")
    .replace(/\.(?=\s|$)/g, "")
    .trim();
}
