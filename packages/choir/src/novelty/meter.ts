import type Database from "better-sqlite3";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { shinglesOf } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { BIGRAM_TABLES, Bigrams } from "./bigrams.js";
import { CoherenceMeter } from "./coherence.js";
import { COUNT_TABLES, Counts } from "./counts.js";
import { NEAREST, NOVELTY_FORMULA, type NoveltyRecord, type ScoredPassage, scoreNovelty } from "./novelty.js";
import { evenly, type OwnPassage, ownPassages, wordsOf } from "./own-passages.js";
import { ownProse } from "./own-prose.js";
import { PLACE_TABLES } from "./places.js";
import { countNovelty, scaleOf } from "./scale.js";
import { type Against, coverage, type SharedText, type Version } from "./shared-text.js";
import { tokensOf } from "./tokens.js";

export const NOVELTY_TABLES = [PLACE_TABLES, BIGRAM_TABLES, COUNT_TABLES].join("\n");

/** A text as it is measured: of an article that is not published yet, or of the next version of one that is. */
export interface Measured extends Omit<Version, "article" | "version"> {
  standing?: { seq: number; id: string };
  vectorOf: (chunk: number) => Int8Array;
}

/** A record, and what of the article is counted once it is published. */
export interface Measurement {
  record: NoveltyRecord;
  /** Rates of passages, which make what is typical of a language. */
  counted: { language: string; rate: number }[];
  pairs: number[];
}

type Near = Pick<PassageIndex, "nearest">;

/** A passage, and what of the corpus it is like. */
interface Compared {
  passage: OwnPassage;
  words: readonly string[];
  shingles: readonly number[];
  nearest: ScoredPassage["nearest"];
  seen: ReadonlyMap<number, number>;
  sources: readonly ReadonlySet<number>[];
}

/** What is copied for the most part says nothing about what is typical. */
const MOSTLY = 0.5;

/** Measures an article against all that came before it in the stream. */
export class NoveltyMeter {
  readonly #passages: Near;
  readonly #embedder: EmbedderIdentity;
  readonly #shared: SharedText;
  readonly #bigrams: Bigrams;
  readonly #coherence: CoherenceMeter;
  readonly #counts: Counts;

  constructor(db: Database.Database, shared: SharedText, passages: Near, embedder: EmbedderIdentity) {
    this.#passages = passages;
    this.#embedder = embedder;
    this.#shared = shared;
    this.#counts = new Counts(db);
    this.#bigrams = new Bigrams(db);
    this.#coherence = new CoherenceMeter(this.#bigrams, this.#counts);
  }

  /**
   * To be called before anything of the version is in the index. It can stop after each passage.
   * @param before the last sequence of the stream that it is measured against
   */
  *measure(version: Measured, before: number): Generator<void, Measurement> {
    const { standing } = version;
    this.#shared.begin();
    const all = ownPassages(version.markdown, version.chunks, this.#shared);
    const former = pairsOfTexts(version.former);
    const compared: Compared[] = [];
    for (const passage of evenly(all)) {
      yield;
      const vector = version.vectorOf(passage.number);
      const near = this.#passages.nearest(vector, NEAREST, { except: standing?.id });
      compared.push(this.#compare(passage, near, { former, against: { seq: before, except: standing?.seq } }));
    }
    yield;
    const coherence = this.#coherence.measure(compared);
    const earlier = new Set<number>();
    const counted: Measurement["counted"] = [];
    const passages = compared.flatMap(({ passage, words, shingles, nearest, seen }, i): ScoredPassage[] => {
      const { [i]: measured } = coherence;
      if (!measured) return [];
      const { counted: rate, ...coherent } = measured;
      const containment = containmentOf(words.length, shingles, seen, earlier);
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

  /** To be called when a transaction with {@link remember} in it was taken back. */
  forget(): void {
    this.#counts.forget();
  }

  #compare(
    passage: OwnPassage,
    near: ReturnType<Near["nearest"]>,
    { former, against }: { former: ReadonlySet<number>; against: Against },
  ): Compared {
    const words = wordsOf(passage);
    const shingles = shinglesOf(words);
    const places = near.flatMap((one) => this.#shared.places.placeOf(one.version, one.passage) ?? []);
    const { seen, sources } = this.#shared.find(shingles, places, against);
    const nearest = near.map((one) => ({
      article: one.article,
      passage: one.passage,
      similarity: round(one.similarity),
    }));
    return { passage, words, shingles, nearest, seen, sources: [...this.#shared.pairsOf(sources), former] };
  }

  #record(passages: ScoredPassage[], before: number): NoveltyRecord {
    const { model, mode } = this.#embedder;
    const scale = scaleOf(this.#counts);
    const corpus = { seq: before, passages: this.#shared.places.size };
    return { formula: NOVELTY_FORMULA, model, mode, corpus, scale, passages, ...scoreNovelty(passages, scale) };
  }
}

/** Share of the words that stand in runs of five that have been published before, or have been said earlier in the article. */
function containmentOf(
  words: number,
  shingles: readonly number[],
  seen: ReadonlyMap<number, number>,
  earlier: Set<number>,
): number {
  const covered = coverage(words, shingles, (shingle) => {
    const isSeen = seen.has(shingle) || earlier.has(shingle);
    earlier.add(shingle);
    return isSeen;
  });
  return round(covered.filter(Boolean).length / words);
}

function pairsOfTexts(texts: readonly string[]): ReadonlySet<number> {
  return new Set(
    texts.flatMap((text) => [...Bigrams.of(tokensOf(ownProse(visibleMarkdown(text))).map(({ word }) => word))]),
  );
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
