import type { Claim } from "./claim.js";
import { type Corpus, namesOf } from "./corpus.js";
import { sameDate } from "./dates.js";
import { derived } from "./derived.js";
import { agrees, comparable, type Figure } from "./numbers.js";
import { conflict } from "./polarity.js";
import { findQuotation } from "./quotes.js";
import type { Span } from "./sentences.js";
import type { Passage, PreparedSource } from "./source.js";
import type { Check } from "./verification.js";
import { bestWindow, coverageOf } from "./window.js";
import { wordsOf } from "./words.js";

/** One thing a claim says and whether the source says it. `contradicts`: the source says something else in its place. */
export interface Finding {
  kind: Check["kind"];
  what: string;
  passed: boolean;
  contradicts: boolean;
  detail: string;
}

/** What one source has to say on one claim. */
export interface Judgement {
  findings: Finding[];
  /** Weighted share of the claim's words in the passages it rests on. */
  coverage: number;
  spans: Span[];
}

/** A passage whose wording is this close to the claim speaks of the same thing. */
const SAME_SUBJECT = 0.5;
/** A figure may stand in a passage that is less close than the closest, but not by much. */
const NEARLY_AS_CLOSE = 0.6;

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
  for (const figure of claim.figures) findings.push(judgeFigure(figure, claim, source, corpus, rests));
  for (const date of claim.dates) findings.push(judgeDate(date, claim, source, corpus, rests));
  findings.push(...judgeNames(claim, source, corpus, rests));

  const close = source.passages
    .slice(window.from, window.to)
    .map((passage) => ({ passage, score: coverageOf(claim.keys, [passage], corpus) }))
    .filter(({ score }) => score >= SAME_SUBJECT)
    .sort((x, y) => y.score - x.score)
    .map(({ passage }) => passage);
  const reason = conflict(claim, close);
  if (reason)
    findings.push(failed("negation", claim.text, true, `${reason} It has “${shorten(close[0]?.text ?? "")}”.`));
  for (const passage of rests) spans.push(passage);
  return { findings, coverage: coverageOf(claim.keys, [...rests], corpus), spans: merge(spans, source.source.text) };
}

function judgeFigure(
  figure: Figure,
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  rests: Set<Passage>,
): Finding {
  const near = claim.around(figure);
  const closeness = (passage: Passage): number => closenessOf(passage, near, source, corpus);
  const agreeing = source.passages.filter((p) => p.figures.some((f) => agrees(figure, f)));
  const rivals = source.passages.filter((p) => p.figures.some((f) => comparable(figure, f)) && !agreeing.includes(p));
  const here = closest(agreeing, closeness);
  const rival = closest(rivals, closeness);
  if (here && (rests.has(here.passage) || here.score >= NEARLY_AS_CLOSE * (rival?.score ?? 0))) {
    rests.add(here.passage);
    return passed("number", figure.text);
  }
  const within = derived(
    figure,
    claim.text,
    [...rests].flatMap((p) => p.figures),
  );
  if (within) return { ...passed("number", figure.text), detail: within };
  const other =
    rival && rival.score >= SAME_SUBJECT ? rival.passage.figures.find((f) => comparable(figure, f)) : undefined;
  if (rival && other) {
    rests.add(rival.passage);
    return failed("number", figure.text, true, `The source does not say ${figure.text} here but ${other.text}.`);
  }
  return failed("number", figure.text, false, `The source does not say ${figure.text}${here ? " about this" : ""}.`);
}

function judgeDate(
  date: Claim["dates"][number],
  claim: Claim,
  source: PreparedSource,
  corpus: Corpus,
  rests: Set<Passage>,
): Finding {
  const near = claim.around(date);
  const closeness = (passage: Passage): number => closenessOf(passage, near, source, corpus);
  const agreeing = source.passages.filter((p) => p.dates.some((d) => sameDate(date, d)));
  const rivals = source.passages.filter((p) => p.dates.length > 0 && !agreeing.includes(p));
  const here = closest(agreeing, closeness);
  const rival = closest(rivals, closeness);
  const isYear = date.month === undefined && date.quarter === undefined;
  const isOwn = source.ownDates.some((d) => sameDate(date, d));
  if (here && (isYear || isOwn || rests.has(here.passage) || here.score >= NEARLY_AS_CLOSE * (rival?.score ?? 0))) {
    if (!isYear && !isOwn) rests.add(here.passage);
    return passed("date", date.text);
  }
  if (isOwn) return passed("date", date.text);
  const other = rival && rival.score >= SAME_SUBJECT ? rival.passage.dates[0] : undefined;
  if (other) return failed("date", date.text, true, `The source does not say ${date.text} here but ${other.text}.`);
  return failed("date", date.text, false, `The source does not say ${date.text}${here ? " about this" : ""}.`);
}

function judgeNames(claim: Claim, source: PreparedSource, corpus: Corpus, rests: Set<Passage>): Finding[] {
  const everywhere = new Set(source.passages.flatMap((p) => [...p.keys, ...p.context]));
  for (const key of source.titleKeys) everywhere.add(key);
  const close = new Set(
    [...rests].flatMap((p) => [...neighbours(p, source), p]).flatMap((p) => [...p.keys, ...p.context]),
  );
  const hasFacts = claim.figures.length > 0 || claim.dates.length > 0;
  return claim.names.map((name) => {
    const key = wordsOf(name)[0]?.key ?? name.toLowerCase();
    if (close.has(key) || isShortFor(name, source)) return passed("name", name);
    if (!everywhere.has(key)) return failed("name", name, false, `The source does not mention ${name}.`);
    const others = hasFacts
      ? [...rests].flatMap((p) => namesOf(p.text, corpus)).filter((other) => !mentions(claim, other))
      : [];
    const rival = others.find((other) => !source.titleKeys.has(other.toLowerCase()));
    if (!rival) return passed("name", name);
    return failed("name", name, false, `The source says this of ${rival}, not of ${name}.`);
  });
}

/** A passage's own words, those of its neighbours for what "it" is, and those over it. */
function closenessOf(passage: Passage, near: Set<string>, source: PreparedSource, corpus: Corpus): number {
  return (
    0.8 * coverageOf(near, [passage], corpus) +
    0.2 * coverageOf(near, [passage, ...neighbours(passage, source)], corpus)
  );
}

function neighbours(passage: Passage, source: PreparedSource): Passage[] {
  const at = source.passages.indexOf(passage);
  return source.passages.slice(Math.max(0, at - 2), at + 2).filter((p) => p.section === passage.section);
}

function closest(passages: Passage[], score: (p: Passage) => number): { passage: Passage; score: number } | undefined {
  let best: { passage: Passage; score: number } | undefined;
  for (const passage of passages) {
    const own = score(passage);
    if (!best || own > best.score) best = { passage, score: own };
  }
  return best;
}

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

function passed(kind: Finding["kind"], what: string): Finding {
  return { kind, what, passed: true, contradicts: false, detail: `The source has ${shorten(what)}.` };
}

function failed(kind: Finding["kind"], what: string, contradicts: boolean, detail: string): Finding {
  return { kind, what, passed: false, contradicts, detail };
}

function slice(source: PreparedSource, span: Span): string {
  return shorten(source.source.text.slice(span.start, span.end));
}

function shorten(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 160 ? `${flat.slice(0, 157)}…` : flat;
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
