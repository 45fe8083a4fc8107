import type Database from "better-sqlite3";
import { publicationSchema } from "../articles/article.js";
import type { Chunk } from "../text/chunk.js";
import { SHINGLE_WORDS, shinglesOf } from "../text/shingles.js";
import { visibleMarkdown } from "../text/visible.js";
import { adviceOn } from "./advice.js";
import type { Closest, Excerpt, NoveltyExplanation, Origin, SharedRun } from "./explanation.js";
import { factorsOf, type NoveltyRecord, type ScoredPassage } from "./novelty.js";
import { type OwnPassage, ownPassages, wordsOf } from "./own-passages.js";
import { type Against, coverage, type SharedText } from "./shared-text.js";
import { tokensOf } from "./tokens.js";

const MOST_CLOSEST = 5;
const MOST_RUNS = 20;
const EXCERPT = 240;

/** A text whose record is explained. */
export interface Explained {
  markdown: string;
  chunks: readonly Chunk[];
  record: NoveltyRecord;
  /** Row of the article, if it is published. */
  article?: number;
}

/** Says of a score what it comes from, against what had been published when it was given. */
export class NoveltyExplainer {
  readonly #shared: SharedText;
  readonly #publication: Database.Statement<[number, number, number], { publication: string }>;

  constructor(db: Database.Database, shared: SharedText) {
    this.#shared = shared;
    this.#publication = db.prepare(
      `SELECT publication FROM articles WHERE seq = ? AND version_seq = ?
       UNION ALL SELECT publication FROM former_versions WHERE seq = ?`,
    );
  }

  explain({ markdown, chunks, record, article }: Explained): NoveltyExplanation {
    this.#shared.begin();
    const against = { seq: record.corpus.seq, except: article };
    const scored = new Map(record.passages.map((passage) => [passage.passage, passage]));
    const own = ownPassages(markdown, chunks, this.#shared).filter(({ number }) => scored.has(number));
    const runs = this.#runs(own, scored, markdown, against);
    const explanation = {
      record,
      parts: partsOf(record.passages),
      words: {
        all: tokensOf(visibleMarkdown(markdown)).length,
        own: record.passages.reduce((sum, { words }) => sum + words, 0),
      },
      closest: this.#closest(record.passages, markdown, chunks, against),
      shared: runs.slice(0, MOST_RUNS),
      sharedWords: runs.reduce((sum, { words }) => sum + words, 0),
    };
    return { ...explanation, advice: adviceOn(explanation, runs) };
  }

  #closest(
    passages: readonly ScoredPassage[],
    markdown: string,
    chunks: readonly Chunk[],
    against: Against,
  ): Closest[] {
    const nearest = passages.flatMap(({ passage, nearest: [first] }) => (first ? [{ passage, first }] : []));
    nearest.sort((a, b) => b.first.similarity - a.first.similarity || a.passage - b.passage);
    return nearest.slice(0, MOST_CLOSEST).flatMap(({ passage, first }) => {
      const { [passage]: chunk } = chunks;
      if (!chunk) return [];
      const here = excerpt(markdown, chunk.start, chunk.end);
      const place = this.#shared.placeOf(first.article, first.passage);
      const there = place === undefined ? undefined : this.#placed(place, against);
      return [{ passage, similarity: first.similarity, here, ...(there && { there }) }];
    });
  }

  /** A place whole, if it stood there when the score was given: a later version may say something else in its place. */
  #placed(id: number, against: Against): (Excerpt & Origin) | undefined {
    if (this.#shared.places.versionOf(id) > against.seq) return undefined;
    const tokens = this.#shared.tokensAt(id);
    const [first, last] = [tokens[0], tokens.at(-1)];
    return first && last && this.#there(id, first.start, last.end);
  }

  #there(place: number, start: number, end: number) {
    const { places } = this.#shared;
    const [article, version] = [places.articleOf(place), places.versionOf(place)];
    const row = this.#publication.get(article, version, version);
    if (!row) return undefined;
    const { id, title, author } = publicationSchema.parse(JSON.parse(row.publication));
    return { article: id, title, author, ...excerpt(this.#shared.textOf(article, version), start, end) };
  }

  /** The runs of all passages, longest first. */
  #runs(
    own: readonly OwnPassage[],
    scored: ReadonlyMap<number, ScoredPassage>,
    markdown: string,
    against: Against,
  ): SharedRun[] {
    const earlier = new Set<number>();
    const runs = own.flatMap((passage) => {
      const shingles = shinglesOf(wordsOf(passage));
      const nearest = scored.get(passage.number)?.nearest ?? [];
      const near = nearest.flatMap(({ article, passage: number }) => this.#shared.placeOf(article, number) ?? []);
      const { seen } = this.#shared.find(
        shingles,
        near.filter((id) => this.#shared.places.versionOf(id) <= against.seq),
        against,
      );
      const covered = coverage(passage.tokens.length, shingles, (shingle) => {
        const isSeen = seen.has(shingle) || earlier.has(shingle);
        earlier.add(shingle);
        return isSeen;
      });
      return spansOf(covered).map(([from, to]) => this.#run(passage, shingles, seen, from, to, markdown));
    });
    return runs.sort((a, b) => b.words - a.words || a.here.start - b.here.start);
  }

  #run(
    { tokens }: OwnPassage,
    shingles: readonly number[],
    seen: ReadonlyMap<number, number>,
    from: number,
    to: number,
    markdown: string,
  ): SharedRun {
    const here = excerpt(markdown, tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0);
    const inside = shingles.slice(from, Math.max(from + 1, to - SHINGLE_WORDS + 1));
    const place = mostFrequent(inside.flatMap((shingle) => seen.get(shingle) ?? []));
    const there = place === undefined ? undefined : this.#matching(place, new Set(inside));
    return { words: to - from, here, ...(there && { there }) };
  }

  /** The part of a place in which these shingles stand. */
  #matching(id: number, wanted: ReadonlySet<number>): (Excerpt & Origin) | undefined {
    const tokens = this.#shared.tokensAt(id);
    const shingles = shinglesOf(tokens.map(({ word }) => word));
    const at = [...shingles.keys()].filter((i) => wanted.has(shingles[i] ?? 0));
    const [first, last] = [tokens[at[0] ?? 0], tokens[(at.at(-1) ?? 0) + SHINGLE_WORDS - 1]];
    return first && last && this.#there(id, first.start, last.end);
  }
}

function partsOf(passages: readonly ScoredPassage[]): NoveltyExplanation["parts"] {
  const parts = { distance: 0, unshared: 0, coherent: 0 };
  const total = passages.reduce((sum, { words }) => sum + words, 0);
  for (const passage of passages) {
    const { distance, unshared, coherent } = factorsOf(passage);
    const share = passage.words / total;
    parts.distance += distance * share;
    parts.unshared += unshared * share;
    parts.coherent += coherent * share;
  }
  return parts;
}

/** Where the flags are true: from the first to after the last of each run. */
function spansOf(flags: readonly boolean[]): [from: number, to: number][] {
  const spans: [number, number][] = [];
  for (const [i, flag] of flags.entries()) {
    const open = spans.at(-1);
    if (flag && open?.[1] === i) open[1] = i + 1;
    else if (flag) spans.push([i, i + 1]);
  }
  return spans;
}

function mostFrequent(items: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
}

function excerpt(markdown: string, start: number, end: number): Excerpt {
  const flat = markdown.slice(start, end).replace(/\s+/g, " ").trim();
  if (flat.length <= EXCERPT) return { start, end, text: flat };
  return {
    start,
    end,
    text: `${flat
      .slice(0, EXCERPT - 1)
      .replace(/[\uD800-\uDBFF]$/, "")
      .trimEnd()}…`,
  };
}
