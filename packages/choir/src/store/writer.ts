import type Database from "better-sqlite3";
import { ArticleTable, type Standing } from "../articles/article-table.js";
import { CitationTable } from "../citations/citation-table.js";
import { FactTable } from "../ledger/fact-table.js";
import { type Measured, type Measurement, NoveltyMeter } from "../novelty/meter.js";
import type { NoveltyRecord } from "../novelty/novelty.js";
import type { SharedText } from "../novelty/shared-text.js";
import type { EmbedderIdentity } from "../search/embedder.js";
import type { PassageIndex } from "../search/passage-index.js";
import { readPosition, writePosition } from "./article-file.js";
import type { CitationChange, Draft, PublicationChange, RetractionChange, StoreChange } from "./change.js";

/** What was found out about a version before it is taken: why it cannot be, or what it is measured as, and what it replaces. */
type MeasuredVersion = { refusal: string } | Accepted;

interface Accepted {
  refusal?: undefined;
  standing: Standing | undefined;
  /** The texts of its former versions. */
  former: readonly string[];
  novelty: Measurement;
}

/** Applies the stream's effects to the file, each exactly once: what it changes and its position are one transaction. */
export class StoreWriter {
  readonly #db: Database.Database;
  readonly #embedder: EmbedderIdentity;
  readonly #articles: ArticleTable;
  readonly #passages: PassageIndex;
  readonly #novelty: NoveltyMeter;
  readonly #citations: CitationTable;
  readonly #facts: FactTable;
  readonly #reject: Database.Statement<[number, string, string]>;

  constructor(db: Database.Database, embedder: EmbedderIdentity, passages: PassageIndex, shared: SharedText) {
    this.#db = db;
    this.#embedder = embedder;
    this.#articles = new ArticleTable(db);
    this.#passages = passages;
    this.#novelty = new NoveltyMeter(db, shared, passages, embedder);
    this.#citations = new CitationTable(db, this.#articles);
    this.#facts = new FactTable(db);
    this.#reject = db.prepare("INSERT INTO rejected (seq, subject, reason) VALUES (?, ?, ?)");
  }

  /**
   * Does nothing for an effect at or before the file's position. It can stop while it measures, which takes longest; nothing else may be
   * applied meanwhile.
   */
  *apply(effect: StoreChange): Generator<void, void> {
    const before = readPosition(this.#db)?.seq ?? 0;
    if (effect.seq <= before) return;
    const { change } = effect;
    const measured = change.kind === "publication" ? yield* this.#measure(change, before) : undefined;
    try {
      this.#db.transaction(() => {
        const reason = measured?.refusal ?? this.#change(effect, measured);
        if (reason !== undefined) this.#reject.run(effect.seq, effect.subject, reason);
        const { seq, subject, key, time } = effect;
        writePosition(this.#db, { seq, subject, key, time });
      })();
    } catch (error) {
      this.#novelty.forget();
      throw error;
    }
    this.#passages.catchUp();
  }

  /** What the novelty of a new article would be if it were published now. It can stop on the way, as {@link apply}. */
  *assess(draft: Draft): Generator<void, NoveltyRecord> {
    const measured = yield* this.#novelty.measure(this.#measured(draft, []), readPosition(this.#db)?.seq ?? 0);
    return measured.record;
  }

  /** Before anything of a version is in the tables: it is measured against what is there, its own former versions left out. */
  *#measure(change: PublicationChange, before: number): Generator<void, MeasuredVersion> {
    const refusal = this.#articles.refusesVersion(change);
    if (refusal !== undefined) return { refusal };
    const standing = this.#articles.find(change.publication.id);
    const former = standing === undefined ? [] : this.#articles.texts(standing.seq);
    const novelty = yield* this.#novelty.measure(this.#measured(change, former, standing), before);
    return { standing, former, novelty };
  }

  /** Returns why the effect has no effect, if so. */
  #change(effect: StoreChange, measured: MeasuredVersion | undefined): string | undefined {
    const { seq, change } = effect;
    if (change.kind === "rejected") return change.reason;
    if (change.kind === "citation") return this.#cite(effect, change);
    if (change.kind === "retraction") return this.#retract(effect, change);
    if (change.kind === "signing") this.#articles.requireSignatures(seq);
    else if (measured && "novelty" in measured) this.#publish(effect, change, measured);
    return undefined;
  }

  #cite(effect: StoreChange, citation: CitationChange): string | undefined {
    const refusal = this.#citations.refuses(citation);
    if (refusal !== undefined) return refusal;
    this.#citations.add(effect.seq, citation);
    this.#facts.cited(effect, citation);
    return undefined;
  }

  #publish(effect: StoreChange, change: PublicationChange, measured: Accepted): void {
    const { seq } = effect;
    const { publication, markdown, chunks, vectors } = change;
    const { standing, former, novelty } = measured;
    const { id, title } = publication;
    if (standing !== undefined) this.#passages.remove(id);
    this.#articles.add(seq, change, novelty.record, standing);
    this.#facts.published(effect, publication, novelty.record);
    this.#passages.add({
      id,
      seq,
      title,
      author: publication.authorKey ?? "",
      tags: publication.tags ?? [],
      language: publication.language,
      publishedAt: publication.createdAt,
      passages: chunks.map((chunk, number) => ({ ...chunk, vector: this.#vectorOf(vectors, number) })),
    });
    this.#novelty.remember({ article: standing?.seq ?? seq, version: seq, markdown, chunks, former }, novelty);
  }

  #measured({ markdown, chunks, vectors }: Draft, former: readonly string[], standing?: Standing): Measured {
    return { markdown, chunks, vectorOf: (chunk) => this.#vectorOf(vectors, chunk), former, standing };
  }

  #vectorOf(vectors: Int8Array, chunk: number): Int8Array {
    const { dimensions } = this.#embedder;
    return vectors.subarray(chunk * dimensions, (chunk + 1) * dimensions);
  }

  #retract(effect: StoreChange, { retraction }: RetractionChange): string | undefined {
    const { seq } = effect;
    const refusal = this.#articles.refusesRetraction(retraction);
    if (refusal !== undefined) return refusal;
    this.#passages.remove(retraction.article);
    this.#articles.retract(seq, retraction);
    this.#citations.fall(seq, retraction.article);
    this.#facts.retracted(effect, retraction.article);
    return undefined;
  }
}
