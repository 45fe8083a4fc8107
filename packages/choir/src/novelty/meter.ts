import type Database from "better-sqlite3";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { shinglesOf } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { BIGRAM_TABLES, Bigrams } from "./bigrams.js";
import { CoherenceMeter } from "./coherence.js";
import { COUNT_TABLES, Counts } from "./counts.js";
import { NEAREST, NOVELTY_FORMULA, type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty.js";
import { evenly, ownPassages, wordsOf } from "./own-passages.js";
import { ownProse } from "./own-prose.js";
import { countNovelty, scaleOf } from "./scale.js";
import { coverage, SHINGLE_TABLES, SharedText, type Version } from "./shared-text.js";
import { tokensOf } from "./tokens.js";

export const NOVELTY_TABLES = [SHINGLE_TABLES, BIGRAM_TABLES, COUNT_TABLES].join("\n");

/** A text as it is measured: of an article that is not published yet, or of the next version of the article in row `article`. */
export interface Measured extends Omit<Version, "article" | "version"> {
  article?: number;
  vectorOf: (chunk: number) => Int8Array;
}

/** A record, and what of the article is counted once it is published. */
export interface Measurement {
  record: NoveltyRecord;
  /** Rates of passages, which make what is typical of a language. */
  counted: { language: string; rate: number }[];
  pairs: number[];
}

/** What is copied for the most part says nothing about what is typical. */
const MOSTLY = 0.5;

/** Measures an article against all that came before it in the stream. */
export class NoveltyMeter {
  readonly #passages: Pick<PassageIndex, "nearest">;
  readonly #embedder: EmbedderIdentity;
  readonly #shared: SharedText;
  readonly #bigrams: Bigrams;
  readonly #coherence: CoherenceMeter;
  readonly #counts: Counts;

  constructor(db: Database.Database, passages: Pick<PassageIndex, "nearest">, embedder: EmbedderIdentity) {
    this.#passages = passages;
    this.#embedder = embedder;
    this.#shared = new SharedText(db);
    this.#counts = new Counts(db);
    this.#bigrams = new Bigrams(db);
    this.#coherence = new CoherenceMeter(this.#bigrams, this.#counts);
  }

  /**
   * To be called before anything of the version is in the index, and when nothing of the article's former ones is any more.
   * @param before the last sequence of the stream that it is measured against
   */
  measure(version: Measured, before: number): Measurement {
    this.#shared.forget();
    const all = ownPassages(version.markdown, version.chunks, this.#shared);
    const former = pairsOfTexts(version.former);
    const against = { seq: before, except: version.article };
    const scored = evenly(all).map((passage) => {
      const words = wordsOf(passage);
      const nearest = this.#nearest(version.vectorOf(passage.number));
      const places = nearest.flatMap(({ article, passage: number }) => this.#shared.placeOf(article, number) ?? []);
      const { seen, sources } = this.#shared.find(shinglesOf(words), places, against);
      return { passage, words, nearest, seen, sources: [...this.#shared.pairsOf(sources), former] };
    });
    const coherence = this.#coherence.measure(scored);
    const earlier = new Set<number>();
    const counted: Measurement["counted"] = [];
    const passages = scored.flatMap(({ passage, words, nearest, seen }, i): ScoredPassage[] => {
      const { [i]: measured } = coherence;
      if (!measured) return [];
      const { counted: rate, ...coherent } = measured;
      const containment = containmentOf(words, seen, earlier);
      if (rate && containment <= MOSTLY) counted.push(rate);
      return [{ passage: passage.number, words: words.length, nearest, containment, coherence: coherent }];
    });
    const record = this.#record(passages, before);
    return { record, counted, pairs: all.flatMap((passage) => [...Bigrams.of(wordsOf(passage))]) };
  }

  /** Counts a published version among what has been published. */
  remember(version: Version, { record, counted, pairs }: Measurement): void {
    this.#shared.add(version);
    const former = pairsOfTexts(version.former);
    this.#bigrams.add(
      version.version,
      pairs.filter((pair) => !former.has(pair)),
    );
    // A revision says again what its article has said: once is enough for what is typical.
    if (version.former.length > 0) return;
    for (const passage of counted) this.#coherence.count(passage);
    countNovelty(this.#counts, record);
  }

  #record(passages: ScoredPassage[], before: number): NoveltyRecord {
    const { model, mode } = this.#embedder;
    const scale = scaleOf(this.#counts);
    const corpus = { seq: before, passages: this.#shared.size };
    return { formula: NOVELTY_FORMULA, model, mode, corpus, scale, passages, ...scoreNovelty(passages, scale) };
  }

  #nearest(vector: Int8Array): ScoredPassage["nearest"] {
    return this.#passages.nearest(vector, NEAREST).map((near) => ({ ...near, similarity: round(near.similarity) }));
  }
}

/** Share of the words that stand in runs of five that have been published before, or have been said earlier in the article. */
function containmentOf(words: readonly string[], seen: ReadonlyMap<number, number>, earlier: Set<number>): number {
  const covered = coverage(words.length, shinglesOf(words), (shingle) => {
    const isSeen = seen.has(shingle) || earlier.has(shingle);
    earlier.add(shingle);
    return isSeen;
  });
  return round(covered.filter(Boolean).length / words.length);
}

function pairsOfTexts(texts: readonly string[]): ReadonlySet<number> {
  return new Set(
    texts.flatMap((text) => [...Bigrams.of(tokensOf(ownProse(visibleMarkdown(text))).map(({ word }) => word))]),
  );
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
