import { type PreparedSource, prepareSource, type SourceText } from "./source.js";
import { wordsOf } from "./words.js";

/** All sources of a run, taken apart, with what can only be known from all of them together. */
export interface Corpus {
  sources: Map<string, PreparedSource>;
  /** How telling a word is: rare in the sources, hence a sign that a sentence speaks of the same thing. */
  weight(key: string): number;
  /** Whether a lower-case word is a name: the sources write it with a capital inside sentences and never without. */
  isName(lower: string): boolean;
}

/** Takes all sources apart, once for a check. */
export function prepareCorpus(sources: SourceText[]): Corpus {
  const prepared = new Map(sources.map((source) => [source.id, prepareSource(source)]));
  const counts = new Map<string, number>();
  const inSmall = new Set<string>();
  const inCapitals = new Set<string>();
  let total = 0;
  for (const { passages } of prepared.values()) {
    for (const { keys, words, text } of passages) {
      total++;
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      const isHeading = text.startsWith("#");
      words.forEach((word, i) => {
        if (/^\p{Ll}+$/u.test(word.text)) inSmall.add(word.text);
        else if (i > 0 && !isHeading) inCapitals.add(word.text.toLowerCase());
      });
    }
  }
  const weights = new Map<string, number>();
  for (const [key, count] of counts) weights.set(key, Math.log(1 + total / count));
  const unknown = Math.log(1 + total / 2);
  return {
    sources: prepared,
    // A word no source has gets the weight of one that two passages have: it may be the writer's own.
    weight: (key) => weights.get(key) ?? unknown,
    isName: (lower) => inCapitals.has(lower) && !inSmall.has(lower),
  };
}

/** The words of a text that name something: capitals inside a sentence, capitals within a word, versions after a name. */
export function namesOf(text: string, corpus: Corpus): string[] {
  const words = wordsOf(text);
  const names: string[] = [];
  words.forEach((word, i) => {
    const bare = word.text.replace(/['’]s$/, "");
    const opens = i === 0 || /[.!?:|]["'”’)*]*\s+["'“‘(*]*$/.test(text.slice(Math.max(0, word.start - 6), word.start));
    if (word.isStop || CALENDAR.test(bare)) return;
    if (/^v\d+$/i.test(bare) && i > 0) names.push(bare);
    else if (/^\p{Ll}*\p{Lu}.*\p{Lu}/u.test(bare) || /^\p{Ll}+\p{Lu}/u.test(bare)) names.push(bare);
    else if (/^\p{Lu}/u.test(bare) && (!opens || corpus.isName(bare.toLowerCase()))) names.push(bare);
  });
  return [...new Set(names)];
}

const CALENDAR =
  /^(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Q[1-4]|[A-Z])$/;
