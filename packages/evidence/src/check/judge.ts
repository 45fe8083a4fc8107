import type { Claim } from "./claim.js";
import { conflictWith } from "./conflict.js";
import { type Corpus, namesOf } from "./corpus.js";
import { derived } from "./derived.js";
import { judgeDate, judgeFigure } from "./facts.js";
import { type Finding, failed, passed, shorten } from "./finding.js";
import { judgeMultiples } from "./multiples.js";
import { agrees } from "./numbers.js";
import { findQuotation, fold } from "./quotes.js";
import type { Span } from "./sentences.js";
import { neighbours, type Passage, type PreparedSource } from "./source.js";
import { bestWindow, coverageOf } from "./window.js";
import { wordsOf } from "./words.js";

/** What one source has to say on one claim. */
export interface Judgement {
  findings: Finding[];
  /** The passages it rests on. */
  passages: Passage[];
  /** Weighted share of the claim's words in them. */
  coverage: number;
  /** The same for the words that its title does not have; 1 where there are hardly any. */
  beyondTitle: number;
  /** How much more of the claim's words this source has than any other one, by weight: -1 to 1; 0 where there is no other. */
  lead: number;
  spans: Span[];
}

/** Holds a claim against a source by its text alone. Pure and deterministic. */
export function judge(claim: Claim, source: PreparedSource, corpus: Corpus): Judgement {
  const window = bestWindow(claim, source, corpus);
  const findings: Finding[] = [];
  const rests = new Set<Passage>(source.passages.slice(window.from, window.to));
  const spans: Span[] = [];

  for (const quotation of claim.quotations) {
    const match = findQuotation(quotation, source.folded);
    const what = quotation.pieces.join(" … ");
    if (match.kind === "absent")
      findings.push(failed("quote", what, false, `The quotation “${what}” is not in the source.`));
    else {
      spans.push(match.span);
      if (match.kind === "verbatim") findings.push(passed("quote", what));
      else
        findings.push(
          failed(
            "quote",
            what,
            true,
            `The quotation differs from the source, which has “${slice(source, match.span)}”.`,
          ),
        );
      for (const passage of source.passages)
        if (passage.start < match.span.end && passage.end > match.span.start) rests.add(passage);
    }
  }
  findings.push(...judgeFigures(claim, source, corpus, rests));
  findings.push(...judgeMultiples(claim, [...rests]));
  for (const date of claim.dates) findings.push(judgeDate(date, claim, source, corpus, rests));
  findings.push(...judgeNames(claim, source, corpus, rests));

  const found = conflictWith(claim, source, corpus, rests);
  if (found)
    findings.push(failed("negation", claim.text, true, `${found.why} It has “${shorten(found.passage.text)}”.`));
  for (const passage of rests) spans.push(passage);
  return {
    findings,
    passages: [...rests],
    coverage: coverageOf(claim.keys, [...rests], corpus),
    beyondTitle: beyondTitle(claim, source, corpus, rests),
    lead: leadOf(claim, source, corpus),
    spans: merge(spans, source.source.text),
  };
}

function beyondTitle(claim: Claim, source: PreparedSource, corpus: Corpus, rests: Set<Passage>): number {
  const keys = new Set([...claim.keys].filter((key) => !source.titleKeys.has(key)));
  return keys.size < 2 ? 1 : coverageOf(keys, [...rests], corpus);
}

/** A number that stands nowhere may have been worked out from a passage that another number has led to. */
function judgeFigures(claim: Claim, source: PreparedSource, corpus: Corpus, rests: Set<Passage>): Finding[] {
  const first = claim.figures.map((figure) => judgeFigure(figure, claim, source, corpus, rests));
  const together = first.every(({ passed }) => passed) ? undefined : saidTogether(claim, first, source);
  if (together) {
    rests.add(together);
    return claim.figures.map((figure) => passed("number", figure.text));
  }
  return first.map((finding, i) => {
    const figure = claim.figures[i];
    if (finding.passed || figure === undefined || first.length < 2) return finding;
    return judgeFigure(figure, claim, source, corpus, rests);
  });
}

/** So many numbers of a claim in one sentence of a source are no chance. */
const NO_CHANCE = 2;

/** "Down by 11 points to 28 per cent": a sentence that has one of the numbers that are missing, and from which the others follow. */
function saidTogether(claim: Claim, findings: readonly Finding[], { passages }: PreparedSource): Passage | undefined {
  const missing = claim.figures.filter((_, i) => findings[i]?.passed === false);
  if (missing.length < NO_CHANCE) return undefined;
  return passages.find(
    ({ figures }) =>
      missing.some((figure) => figures.some((other) => agrees(figure, other))) &&
      missing.every(
        (figure) =>
          figures.some((other) => agrees(figure, other)) || derived(figure, claim.text, figures) !== undefined,
      ),
  );
}

const NO_CONTEXT: ReadonlySet<string> = new Set();

function leadOf(claim: Claim, source: PreparedSource, corpus: Corpus): number {
  const whole = ({ keys }: PreparedSource): number =>
    coverageOf(claim.keys, [{ keys, context: NO_CONTEXT }], corpus, "whole words");
  const others = [...corpus.sources.values()].filter((other) => other !== source && other.passages.length > 0);
  return others.length === 0 ? 0 : whole(source) - Math.max(...others.map(whole));
}

const OPENING = 3;
const OPENINGS = new WeakMap<PreparedSource, Set<string>>();

/** What a document opens with, and what its headings name, it is about, and names no more. */
function openingOf(source: PreparedSource): Set<string> {
  let keys = OPENINGS.get(source);
  if (!keys) {
    const passages = source.passages.filter((p) => p.index < OPENING || p.text.startsWith("#"));
    keys = new Set(passages.flatMap((p) => [...p.keys]));
    OPENINGS.set(source, keys);
  }
  return keys;
}

function judgeNames(claim: Claim, source: PreparedSource, corpus: Corpus, rests: Set<Passage>): Finding[] {
  const here = new Set([...rests].flatMap((p) => [...p.keys, ...p.context]));
  const before = new Set([...rests].flatMap((p) => neighbours(p, source)).flatMap((p) => [...p.keys]));
  const opening = claim.names.length === 0 ? NO_CONTEXT : openingOf(source);
  return claim.names.map((name) => {
    const key = wordsOf(name)[0]?.key ?? name.toLowerCase();
    if (here.has(key) || isShortFor(name, source) || isOfPlace(name, source)) return passed("name", name);
    if (!source.keys.has(key)) return failed("name", name, false, `The source does not mention ${name}.`);
    if (opening.has(key)) return passed("name", name);
    // "The full repair" is of what the paragraph is about.
    if (OF_NAME.test(claim.text.slice(0, claim.text.indexOf(name))) && isTopic(key, rests, source))
      return passed("name", name);
    // "It" and "she" take their name from a sentence before; a passage that names somebody else does not.
    if (before.has(key) && [...rests].some((p) => PRONOUN.test(p.text))) return passed("name", name);
    const others = [...rests].flatMap((p) => namesOf(p.text, corpus)).filter((other) => !mentions(claim, other));
    const rival = others.find((other) => !source.titleKeys.has(wordsOf(other)[0]?.key ?? ""));
    if (!rival) return passed("name", name);
    return failed("name", name, false, `The source says this of ${rival}, not of ${name}.`);
  });
}

/** Whether a source, its title and address included, has anything of a name. */
export function mentionsName(name: string, source: PreparedSource): boolean {
  if (wordsOf(name).some(({ key }) => source.keys.has(key)) || isShortFor(name, source)) return true;
  return fold(source.source.uri).text.includes(fold(name).text.split(" ")[0] ?? "");
}

/** Characters of a name in front of the ending that makes it say where something is from. */
const SHORTEST_PLACE = 4;

/** Names of peoples that do not begin as those of their countries do. */
const PEOPLES: Readonly<Record<string, string>> = {
  british: "britain",
  french: "france",
  dutch: "netherlands",
  spanish: "spain",
  welsh: "wales",
  greek: "greece",
  danish: "denmark",
  polish: "poland",
  irish: "ireland",
  scottish: "scotland",
  turkish: "turkey",
  swiss: "switzerland",
  norwegian: "norway",
  czech: "czechia",
  portuguese: "portugal",
  peruvian: "peru",
  filipino: "philippines",
  thai: "thailand",
  american: "america",
  belgian: "belgium",
  finnish: "finland",
  swedish: "sweden",
  english: "england",
  icelandic: "iceland",
  slovak: "slovakia",
};

/** "Indian" for "India", "German" for "Germany", "British" for "Britain". */
function isOfPlace(name: string, source: PreparedSource): boolean {
  const country = PEOPLES[name.toLowerCase()];
  if (country !== undefined && ` ${source.folded.text} `.includes(country)) return true;
  const roots = ["", "n", "an", "ian", "ese", "i"].flatMap((ending) =>
    name.endsWith(ending) ? [name.slice(0, name.length - ending.length)] : [],
  );
  return source.passages.some(({ words }) =>
    words.some(({ text }) =>
      roots.some((root) => root.length >= SHORTEST_PLACE && text.startsWith(root) && text.length <= root.length + 2),
    ),
  );
}

const OF_NAME = /\b(?:of|for|to|at|in)\s+(?:the\s+)?$/i;
/** Sentences in which a paragraph says what it is about. */
const TOPIC = 2;

/** Whether the paragraph of a passage on which a claim rests opens with a name. */
function isTopic(key: string, rests: Set<Passage>, { passages, source }: PreparedSource): boolean {
  return [...rests].some((passage) => {
    const before = passages.slice(0, passage.index);
    const first = before.findLastIndex((other) => source.text.slice(other.start, passage.start).includes("\n")) + 1;
    return before.slice(first, first + TOPIC).some(({ keys }) => keys.has(key));
  });
}

const PRONOUN = /\b(?:it|its|she|he|her|his|they|them|their|this|these)\b/i;

/** "ETH" for "Ethereum", "TVL" for "total value locked". */
function isShortFor(name: string, source: PreparedSource): boolean {
  const lower = name.toLowerCase();
  if (/^\p{Lu}{2,6}s?$/u.test(name)) {
    const letters = lower.replace(/s$/, "");
    const initials = source.passages.map((p) => p.words.map((w) => w.text[0]?.toLowerCase() ?? "").join(""));
    return letters.length > 2 && initials.some((line) => line.includes(letters));
  }
  if (name.length < 5) return false;
  return source.passages.some((p) =>
    p.words.some((w) => /^\p{Lu}{3,6}$/u.test(w.text) && lower.startsWith(w.text.toLowerCase())),
  );
}

function mentions(claim: Claim, name: string): boolean {
  const key = wordsOf(name)[0]?.key;
  return claim.words.some((word) => word.key === key);
}

function slice(source: PreparedSource, span: Span): string {
  return shorten(source.source.text.slice(span.start, span.end));
}

/** Spans in order; those that touch, or are parted by white space only, become one. */
function merge(spans: Span[], text: string): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && (span.start <= last.end || text.slice(last.end, span.start).trim() === ""))
      last.end = Math.max(last.end, span.end);
    else merged.push({ start: span.start, end: span.end });
  }
  return merged;
}
