import type { Nodes, Parent } from "mdast";
import { clauseOf, isWithin, withoutCitations } from "../check/clauses.js";
import { type Corpus, namesOf, prepareCorpus } from "../check/corpus.js";
import { type DateMention, datesOf } from "../check/dates.js";
import { citedIds, draftSentences, parseDraft, unpublished } from "../check/draft.js";
import { type Figure, figuresOf } from "../check/numbers.js";
import { polarityOf } from "../check/polarity.js";
import { fold, quotationsOf } from "../check/quotes.js";
import { citationGroups, type Span } from "../check/sentences.js";
import { wordsOf } from "../check/words.js";

/** A number, a date or a quotation; `key` is the same for the same one, however it is written. */
export interface Fact {
  kind: "number" | "date" | "quote";
  key: string;
  text: string;
  /** Names in its clause, in small letters. */
  beside: ReadonlySet<string>;
}

/** A stretch of a draft that rests on the same sources: a sentence, or the part of it before a citation. */
export interface Part {
  text: string;
  /** `S1, S2`, sorted; empty for what cites nothing. */
  ids: string;
  isHeading: boolean;
  facts: Fact[];
  names: ReadonlySet<string>;
  /** Stems of what it says, without numbers. */
  stems: ReadonlySet<string>;
  denials: number;
  directions: ReadonlySet<string>;
  hedges: number;
  /** Of how many of a kind it speaks: `all`, `most`, `few`, `some`, `only`. */
  scopes: ReadonlySet<string>;
  /** `said`: it tells one thing as the cause of another; `meant`: it may, as "since" and "as" do. */
  cause: "said" | "meant" | "none";
}

/** The parts of a draft. `corpus` says which words are names: it must be of all drafts that are compared. */
export function partsOf(draft: string, corpus: Corpus): Part[] {
  const tree = parseDraft(draft);
  const headings = tree.children.filter((node) => node.type === "heading");
  return draftSentences(draft).flatMap((sentence) => {
    const isHeading = headings.some(({ position }) => {
      const start = position?.start.offset ?? 0;
      return sentence.span.start >= start && sentence.span.start < (position?.end.offset ?? start);
    });
    return divided(sentence.text).map(({ text, ids }) => partOf(text, ids, isHeading, corpus));
  });
}

/** What tells names from other words in these drafts. */
export function corpusOf(...drafts: string[]): Corpus {
  return prepareCorpus(drafts.map((text, i) => ({ id: `S${i + 1}`, title: "", uri: "", text })));
}

/** Code, addresses and pictures of what is published: none of these is style. */
export function fixedOf(draft: string): string[] {
  const tree = parseDraft(draft);
  const skipped = unpublished(tree);
  const found: string[] = [];
  const walk = (node: Nodes): void => {
    if (skipped.has(node)) return;
    if (node.type === "code" || node.type === "inlineCode" || node.type === "html") found.push(node.value.trim());
    if (node.type === "link" || node.type === "image" || node.type === "definition") found.push(node.url);
    if ("children" in node) for (const child of (node as Parent).children) walk(child);
  };
  walk(tree);
  return found;
}

/** A sentence is divided at its citations, unless one of the parts would say nothing: then it is one part on all its sources. */
function divided(sentence: string): { text: string; ids: string }[] {
  const groups = citationGroups(sentence);
  const whole = { text: withoutCitations(sentence), ids: idsIn(sentence) };
  if (groups.length < 2) return [whole];
  const parts = groups.map((group, i) => {
    const from = groups[i - 1]?.end ?? 0;
    const to = i === groups.length - 1 ? sentence.length : group.end;
    return { text: withoutCitations(sentence.slice(from, to)), ids: idsIn(sentence.slice(group.start, group.end)) };
  });
  return parts.every(({ text }) => wordsOf(text).filter((word) => !word.isStop).length >= 2) ? parts : [whole];
}

function idsIn(text: string): string {
  return citedIds(text)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .join(", ");
}

/** Also the cells of a row, and what is compared. */
const EDGES = /[,;:(–—|]\s|—|\)|\s(?:and|but|while|whereas|against|versus|than|or)\s/g;

function partOf(written: string, ids: string, isHeading: boolean, corpus: Corpus): Part {
  const text = evenly(written);
  const dates = datesOf(text);
  const figures = figuresOf(text, dates);
  const words = wordsOf(text);
  const names = isHeading ? [] : namesOf(text, corpus);
  const content = words.filter((word) => !word.isStop && !isWithin(word, [...dates, ...figures]));
  const beside = (span: Span): Set<string> => {
    const clause = clauseOf(text, span, EDGES);
    const near = words.filter((word) => word.start >= clause.start && word.end <= clause.end);
    return lower(names.filter((name) => near.some((word) => word.text.replace(/['’]s$/, "") === name)));
  };
  const facts: Fact[] = [
    ...figures.map(
      (figure): Fact => ({ kind: "number", key: numberKey(figure), text: figure.text, beside: beside(figure) }),
    ),
    ...dates.map((date): Fact => ({ kind: "date", key: dateKey(date), text: date.text, beside: beside(date) })),
    ...quotationsOf(text).map((quotation): Fact => {
      const key = quotation.pieces.map((piece) => fold(piece).text.trim()).join(" … ");
      return { kind: "quote", key, text: text.slice(quotation.start, quotation.end), beside: new Set() };
    }),
  ];
  const { denials } = polarityOf(text, words, true);
  const own = withoutSpans(text, [...dates, ...figures, ...quotationsOf(text)]);
  return {
    text: text.replace(/\s+/g, " ").trim(),
    ids,
    isHeading,
    facts,
    names: lower(names),
    stems: new Set(content.map((word) => word.key)),
    denials: denials.length,
    directions: polarityOf(text, words, false).directions,
    scopes: new Set(SCOPES.filter(([, pattern]) => pattern.test(own)).map(([scope]) => scope)),
    cause: CAUSE.test(own) ? "said" : MAY_BE_CAUSE.test(own) ? "meant" : "none",
    hedges: dates.reduce((rest, { text: date }) => rest.replace(date, " "), text).match(HEDGES)?.length ?? 0,
  };
}

const HEDGES =
  /\b(?:may|might|could|perhaps|possibly|probably|likely|unlikely|appears?|seems?|seemed|appeared|suggests?|suggested|allegedly|reportedly|estimated|is believed|are believed)\b/gi;

/** Not "first of all", "at all", "the most recent"; a word for about so many ("some 700") is part of its number. */
const SCOPES: readonly (readonly [string, RegExp])[] = [
  [
    "all",
    /(?<!\b(?:at|above|after|(?:first|most|best) of) )\b(?:all(?! (?:in all|told))|every(?:one|body|thing)?|always|entirely|completely|wholly)\b/i,
  ],
  ["most", /(?<!\b(?:the|at|its|their) )\b(?:most(?! of all)|mostly|majority|usually|generally|mainly|largely)\b/i],
  ["few", /\b(?:few|fewest|rarely|seldom|hardly|minority)\b/i],
  ["some", /\b(?:some|several|sometimes|partly|partially|occasionally)\b/i],
  ["only", /(?<!\bnot )\b(?:only|solely|exclusively|nothing but)\b/i],
];
const CAUSE =
  /\b(?:because|due to|owing to|thanks to|caus(?:e|es|ed|ing)|leads? to|led to|leading to|results? (?:in|from)|resulted (?:in|from)|as a result|driven by|drives|drove|therefore|consequently)\b/i;
/** What may say the same in other words. */
const MAY_BE_CAUSE =
  /\b(?:since|as(?! (?:well|of|much|many|long|soon|far|if|though)\b)|so|hence|thus|why|reasons?|makes?|made|brought|owes?)\b/i;

function withoutSpans(text: string, spans: readonly Span[]): string {
  const before = spans.toSorted((a, b) => b.start - a.start);
  return before.reduce((rest, { start, end }) => `${rest.slice(0, start)} _ ${rest.slice(end)}`, text);
}

/** Differences of spacing that are none: `10km` and `10 km`. */
function evenly(text: string): string {
  return text.replace(
    /(?<=(?<![\p{L}\d.,_])\d[\d,]*(?:\.\d+)?)(?=[a-zA-Zµ°]{2,5}(?![\p{L}\d]))(?!st\b|nd\b|rd\b|th\b|mn\b|bn\b|tn\b|mm\b)/gu,
    " ",
  );
}

function numberKey({ quantity, unit = "", value, bound }: Figure): string {
  return [quantity, unit, Number(value.toPrecision(12)), bound].join(" ");
}

function dateKey({ year, quarter, month, day }: DateMention): string {
  return [year, quarter && `Q${quarter}`, month, day].map((part) => part ?? "").join("-");
}

function lower(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => name.toLowerCase().replaceAll("’", "'")));
}
