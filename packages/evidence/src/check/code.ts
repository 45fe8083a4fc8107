import type { Code, Nodes, Parent } from "mdast";
import { hasPredicate } from "../claims/worth-checking.js";
import { withoutCitations } from "./clauses.js";
import { type DraftSentence, parseDraft, unpublished } from "./draft.js";
import { splitSentences } from "./sentences.js";
import { wordsOf } from "./words.js";

/** A capital, words and their marks, and a stop: nothing of what programs, tables and settings are made of. */
const PROSE = /^["“‘(]?\p{Lu}[\p{L}\p{M}\p{N}\s,.:;!?'’‘"“”()$€£¥%&–—-]*[.!?]["”’)]*$/u;
const FEWEST_WORDS = 5;

/** Sentences that stand in a draft's blocks of code, where readers see them and no citation is rendered. */
export function sentencesInCode(draft: string): DraftSentence[] {
  const tree = parseDraft(draft);
  const skipped = unpublished(tree);
  const sentences: DraftSentence[] = [];
  let block = 0;
  const walk = (node: Nodes): void => {
    if (skipped.has(node)) return;
    if (node.type === "code") sentences.push(...sentencesOf(node, --block));
    if ("children" in node) for (const child of (node as Parent).children) walk(child);
  };
  walk(tree);
  return sentences;
}

/** @param block a number that no block of prose has */
function sentencesOf({ value, position }: Code, block: number): DraftSentence[] {
  const start = position?.start.offset ?? 0;
  const span = { start, end: position?.end.offset ?? start };
  const text = withoutCitations(value);
  const texts = splitSentences(text).map((each) => text.slice(each.start, each.end));
  return texts.filter(isProse).map((each) => ({ text: each, span, kind: "prose", block, links: [] }));
}

function isProse(text: string): boolean {
  return PROSE.test(text) && wordsOf(text).length >= FEWEST_WORDS && hasPredicate(text);
}
