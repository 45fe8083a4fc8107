import type { Quoted } from "./disagreement.js";
import type { Sentence } from "./sentences.js";
import { contentStems, jaccard } from "./words.js";

/** A passage of one to three sentences of a source that can be read on its own. */
export interface Finding {
  readonly source: string;
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly score: number;
}

/** A source with the sentences that may be cited. */
export interface ReadSource {
  readonly id: string;
  readonly title: string;
  readonly sentences: readonly Sentence[];
}

const K1 = 1.2;
const B = 0.75;
const AROUND = 0.4;
/** Words that a passage shares with one that was chosen, from which on it only repeats it. */
const REPEATS = 0.6;
/** What the words of a researcher's angle weigh, where the request's own weigh 1. */
const ANGLE = 0.35;

/**
 * Whether a text may be about a request: it holds a name of the request in the request's own spelling, since words such as "base" and
 * "yield" turn up in texts about anything; a request without names asks for two of its words close together.
 */
export function isAbout(request: string, text: string): boolean {
  const names = namesOf(request);
  if (names.length > 0) return names.some((name) => mentions(text, name));
  const terms = new Set(contentStems(request));
  const needed = Math.min(terms.size, 2);
  return terms.size > 0 && windows(text).some((window) => held(terms, window) >= needed);
}

/** Whether texts together hold enough of a request's words to answer it: at least half of them, and at least half of its names. */
export function coversRequest(request: string, texts: readonly string[]): boolean {
  const terms = new Set(contentStems(request));
  const names = namesOf(request);
  const covered = [...terms].filter((term) => texts.some((text) => contentStems(text).includes(term)));
  const named = names.filter((name) => texts.some((text) => mentions(text, name)));
  return terms.size > 0 && covered.length * 2 >= terms.size && named.length * 2 >= names.length;
}

/**
 * The passages that say most about a request, best first: BM25 of the sentence, its heading and its source's title, a little more for
 * figures, less for what repeats an earlier choice (maximal marginal relevance) and for a source that has been heard often.
 */
export function rankFindings(
  question: { readonly request: string; readonly angle: string },
  sources: readonly ReadSource[],
  limit: number,
): Finding[] {
  const candidates = sources.flatMap((source) => passagesOf(source));
  const score = bm25(expand(question, candidates), candidates);
  const pool = candidates
    .map((candidate) => ({ ...candidate, score: score(candidate) }))
    .filter((candidate) => candidate.score > 0)
    .sort((a, b) => b.score - a.score || order(a, b));
  const chosen: (Passage & { score: number })[] = [];
  const heard = new Map<string, number>();
  while (chosen.length < limit && pool.length > 0) {
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const [index, candidate] of pool.entries()) {
      const repeats = Math.max(0, ...chosen.map((other) => jaccard(other.stems, candidate.stems)));
      const value =
        repeats > REPEATS ? -1 : candidate.score * (1 - 0.7 * repeats) * 0.75 ** (heard.get(candidate.source) ?? 0);
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    const [taken] = pool.splice(best, 1);
    if (taken === undefined || bestValue <= 0) break;
    chosen.push(taken);
    heard.set(taken.source, (heard.get(taken.source) ?? 0) + 1);
  }
  return chosen.map(({ source, heading, sentences, score: value }) => ({ source, heading, sentences, score: value }));
}

/** What other sources say in nearly the same words: it bears a claim out, or, with another day or a denial, stands against it. */
export function echoesOf(said: readonly Quoted[], sources: readonly ReadSource[]): Quoted[] {
  const all = sources.flatMap(({ id, sentences }) =>
    sentences.map(({ text }) => ({ source: id, text, stems: new Set(contentStems(text)) })),
  );
  return said.flatMap(({ source, text }) => {
    const stems = new Set(contentStems(text));
    return all.filter((other) => other.source !== source && jaccard(other.stems, stems) > REPEATS);
  });
}

interface Passage {
  readonly source: string;
  readonly heading: string;
  readonly place: number;
  readonly sentences: readonly string[];
  readonly stems: ReadonlySet<string>;
  readonly terms: readonly string[];
  /** Words of the heading and of the source's title. */
  readonly around: ReadonlySet<string>;
  readonly figures: boolean;
}

/** Sentences that lean on the one before stay with it; what leans on nothing that is left is passed over. */
function passagesOf(source: ReadSource): Passage[] {
  const passages: Passage[] = [];
  let group: Sentence[] = [];
  const flush = () => {
    const [first] = group;
    if (first !== undefined && !first.leans) {
      const text = group.map((sentence) => sentence.text).join(" ");
      const own = contentStems(text);
      passages.push({
        source: source.id,
        heading: first.heading,
        place: passages.length,
        sentences: group.map((sentence) => sentence.text),
        stems: new Set(own),
        terms: own,
        around: new Set([...contentStems(first.heading), ...contentStems(source.title)]),
        figures: /\d/.test(text),
      });
    }
    group = [];
  };
  for (const sentence of source.sentences) {
    if (!(sentence.leans && sentence.follows && group.length > 0 && group.length < 3)) flush();
    group.push(sentence);
  }
  flush();
  return passages;
}

/** BM25 over passages, for words with weights; a word of the heading or the title counts for less than one of the passage itself. */
function bm25(query: ReadonlyMap<string, number>, passages: readonly Passage[]): (passage: Passage) => number {
  const frequency = new Map<string, number>();
  let length = 0;
  for (const passage of passages) {
    length += passage.terms.length;
    for (const term of new Set([...passage.terms, ...passage.around]))
      frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const average = length / Math.max(1, passages.length);
  return (passage) => {
    let total = 0;
    for (const [term, weight] of query) {
      const count = passage.terms.filter((other) => other === term).length + (passage.around.has(term) ? AROUND : 0);
      if (count === 0) continue;
      const containing = frequency.get(term) ?? 0;
      const idf = Math.log(1 + (passages.length - containing + 0.5) / (containing + 0.5));
      total += (weight * idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * passage.terms.length) / average));
    }
    return total * (passage.figures ? 1.25 : 1);
  };
}

/**
 * The request's words, and with a small weight the words that the best passages of several sources share: a reader who asks for yields
 * wants the sentence that says APY.
 */
function expand(question: { request: string; angle: string }, passages: readonly Passage[]): Map<string, number> {
  const query = new Map<string, number>();
  for (const term of contentStems(question.angle)) query.set(term, ANGLE);
  for (const term of contentStems(question.request)) query.set(term, 1);
  const score = bm25(query, passages);
  const best = passages
    .map((passage) => ({ passage, value: score(passage) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || order(a.passage, b.passage))
    .slice(0, 20);
  const sources = new Map<string, Set<string>>();
  for (const { passage } of best) {
    for (const term of passage.stems) {
      if (/^\d/.test(term) || query.has(term)) continue;
      sources.set(term, (sources.get(term) ?? new Set()).add(passage.source));
    }
  }
  const shared = [...sources]
    .filter(([, from]) => from.size >= 3)
    .sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1));
  for (const [term] of shared.slice(0, 8)) query.set(term, 0.3);
  return query;
}

function order(a: Passage, b: Passage): number {
  return a.source.localeCompare(b.source, "en", { numeric: true }) || a.place - b.place;
}

/** Words of a request that are spelt as names: with a capital that does not merely begin a sentence, or within a word. */
function namesOf(request: string): string[] {
  const names = new Set<string>();
  for (const match of request.matchAll(/([.!?:]\s+|["“'(]\s*)?([\p{L}\p{N}][\p{L}\p{N}-]*)/gu)) {
    const [, opening, word = ""] = match;
    const inner = /^.+\p{Lu}/u.test(word) && /\p{L}/u.test(word);
    if ((inner || (opening === undefined && match.index > 0 && /^\p{Lu}/u.test(word))) && contentStems(word).length > 0)
      names.add(word);
  }
  return [...names];
}

/** A name within a sentence, or one that no common word is spelt like. */
function mentions(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const opening = /^.+\p{Lu}/u.test(name) ? "(?<![\\p{L}\\p{N}])" : "(?<=[\\p{Ll}\\p{N},;(/] )";
  return new RegExp(`${opening}${escaped}(?![\\p{L}\\p{N}])`, "u").test(text);
}

function held(terms: ReadonlySet<string>, text: string): number {
  return new Set(contentStems(text).filter((term) => terms.has(term))).size;
}

/** Characters within which words count as close together: about a page. */
const WINDOW = 3_000;

function windows(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start === 0 || start < text.length - WINDOW / 2; start += WINDOW / 2)
    parts.push(text.slice(start, start + WINDOW));
  return parts;
}
