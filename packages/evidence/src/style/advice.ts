import { toString as textOf } from "mdast-util-to-string";
import { draftSentences, parseDraft } from "../check/draft.js";
import { CITATION } from "../check/sentences.js";
import type { Guide } from "./guide.js";
import { wholeWords } from "./pattern.js";

/** Something that a guide would have otherwise. Advice, never an error: whoever writes decides. */
export interface Advice {
  /** From 1; none for the whole text. */
  line?: number;
  kind: "sentence" | "passive" | "hedge" | "person" | "contraction" | "word" | "section";
  text: string;
}

/** What of a guide code cannot do, and can see: long sentences, the passive voice, hedges, persons, words, sections that are missing. */
export function adviceOn(draft: string, guide: Guide): Advice[] {
  const lines = lineStarts(draft);
  const advice = draftSentences(draft).flatMap(({ text, span }): Advice[] => {
    const sentence = text.replace(CITATION, " ");
    // What others said is theirs.
    const own = sentence.replace(/"[^"]*"|“[^”]*”/g, " ");
    const line = lines.findLastIndex((start) => start <= span.start) + 1;
    return [...lengthOf(sentence, guide), ...wordsOf(own, guide)].map((found) => ({ line, ...found }));
  });
  return [...advice, ...missingSections(draft, guide)];
}

type Found = Omit<Advice, "line">;

function lengthOf(sentence: string, { sentence: most }: Guide): Found[] {
  // A row of a table is no sentence.
  const count = sentence.includes(" | ") ? 0 : (sentence.match(/[\p{L}\d][^\s]*/gu)?.length ?? 0);
  return count <= most
    ? []
    : [{ kind: "sentence", text: `The sentence has ${count} words, of at most ${most}: divide it.` }];
}

const PASSIVE =
  /\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?(?!need|red\b|indeed|speed|seed)(?:\w{2,}ed|built|done|drawn|found|given|held|hit|kept|known|led|left|lent|lost|made|meant|paid|put|seen|sent|set|shown|sold|spent|taken|told|written)\b/gi;
const HEDGE =
  /\b(?:perhaps|possibly|probably|arguably|somewhat|quite|rather|fairly|seems? to|appears? to|it is (?:possible|likely) that|sort of|kind of)\b/gi;
const CONTRACTION = /\b\w+(?:n['’]t|['’](?:re|ve|ll|d|m))\b|\b(?:it|that|there|what|who|he|she|let)['’]s\b/gi;
const PERSONS: Readonly<Record<string, RegExp>> = {
  third: /\b(?:I|[Ww]e|[Oo]urs?|us|[Mm]y|[Yy]ou|[Yy]ours?)\b/g,
  second: /\b(?:I|[Mm]y|[Ww]e|[Oo]urs?|us)\b/g,
  first: /\b(?:one must|the author|the authors)\b/gi,
};

function wordsOf(sentence: string, guide: Guide): Found[] {
  const found: Found[] = [];
  const add = (kind: Advice["kind"], pattern: RegExp | undefined, say: (words: string) => string): void => {
    for (const words of new Set(sentence.match(pattern ?? /$^/g))) found.push({ kind, text: say(words) });
  };
  if (guide.passive === "avoid") add("passive", PASSIVE, (words) => `“${words}” is passive: say who does it.`);
  if (guide.hedges === "few") add("hedge", HEDGE, (words) => `“${words}” hedges: keep it only if the source does.`);
  if (guide.contractions === "avoid")
    add("contraction", CONTRACTION, (words) => `“${words}” is contracted: write it out.`);
  add("person", PERSONS[guide.person], (words) => `“${words}” is not in the ${guide.person} person.`);
  for (const word of guide.avoid) {
    add("word", wholeWords(word), (words) => `The guide does without “${words}”.`);
  }
  return found;
}

function missingSections(draft: string, { sections }: Guide): Advice[] {
  const headings = parseDraft(draft)
    .children.filter((node) => node.type === "heading")
    .map((node) => textOf(node).toLowerCase());
  return sections
    .filter((section) => !headings.some((heading) => heading.includes(section.toLowerCase())))
    .map((section): Advice => ({ kind: "section", text: `There is no section “${section}”.` }));
}

function lineStarts(draft: string): number[] {
  return [0, ...[...draft.matchAll(/\n/g)].map((match) => match.index + 1)];
}
