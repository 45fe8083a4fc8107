import type { Backbone } from "@vibewriter/backbone";
import {
  checkSize,
  type Document,
  type Publication,
  type PublishRequest,
  preparePublication,
  prepareRevision,
  type ReviseRequest,
  versionOf,
} from "./articles/article.js";
import type { Standing } from "./articles/article-table.js";
import { articleMarkdown } from "./articles/export.js";
import { prepareRetraction } from "./articles/retraction.js";
import type { Signer } from "./articles/signer.js";
import { signStatement } from "./articles/statement.js";
import type { Article, ArticlePage, ArticleSummary } from "./articles/stored-article.js";
import { citationSchema } from "./citations/citation.js";
import { ChoirError } from "./errors.js";
import type { Fact } from "./ledger/facts.js";
import type { NoveltyExplanation } from "./novelty/explanation.js";
import type { NoveltyRecord } from "./novelty/novelty.js";
import { ArticleSearch, type SearchOptions } from "./search/article-search.js";
import type { Embedder, EmbedderIdentity } from "./search/embedder.js";
import { lexicalEmbedder } from "./search/lexical.js";
import type { SearchResult } from "./search/results.js";
import { type ChoirEvent, type IndexPlace, ProjectedStore, type ReembedProgress } from "./store/projected-store.js";
import type { EmbeddingLoad } from "./store/store.js";
import {
  findPublication,
  keyOf,
  openStreams,
  type Streams,
  writeCitation,
  writePublication,
  writeRetraction,
} from "./stream.js";

export interface ChoirOptions {
  backbone: Pick<Backbone, "effects" | "files" | "project">;
  /** The SQLite file. It is made from the stream whenever it is not there, and one process at a time can have it. */
  path: string;
  /** By default the built-in lexical one. */
  embedder?: Embedder;
  onEvent?: (event: ChoirEvent) => void;
}

export interface Published {
  id: string;
  /** SHA-256 of the content. */
  version: string;
  /** 0-100, one decimal; provisional with a lexical embedder. */
  noveltyScore: number;
  /** Position of the publication in the stream. */
  seq: number;
  /** False if it had been published before; nothing was written then. */
  first: boolean;
}

export interface CitationRequest {
  /** The signer's article, and the one that it cites, as they stand: by id or the beginning of one. */
  citing: string;
  cited: string;
  /** What it is cited for: the claim or the sentence. */
  claim: string;
  /** Words of the cited article on which the claim rests. */
  passage?: string;
}

/**
 * The Choir knowledge base: articles that cite each other, each signed by its author. The stream of the backbone is the truth, each
 * version, retraction and citation in it once for ever; search, counts and novelty are read from a SQLite file that is made from it.
 *
 * ```ts
 * await using choir = await Choir.open({ backbone, path: join(home, "choir.sqlite") });
 * const ada = KeyPair.generate();
 * const { id } = await choir.publish({ markdown: "# Tides\n\n...", author: "Ada", key: "publish:run-1" }, ada);
 * await choir.search("spring tide");
 * ```
 */
export class Choir implements AsyncDisposable {
  readonly #streams: Streams;
  readonly #store: ProjectedStore;
  readonly #search: ArticleSearch;
  readonly #listeners: Set<() => void>;

  private constructor(streams: Streams, store: ProjectedStore, listeners: Set<() => void>) {
    this.#streams = streams;
    this.#store = store;
    this.#search = new ArticleSearch(store);
    this.#listeners = listeners;
  }

  /**
   * Opens the knowledge base and returns when its index is up to date with the stream.
   * @throws ChoirError `in_use` if another process has the file, `index_failed` if it cannot be written
   */
  static async open(options: ChoirOptions): Promise<Choir> {
    const { backbone, path, embedder = lexicalEmbedder, onEvent } = options;
    const streams = await openStreams(backbone);
    const listeners = new Set<() => void>();
    const onChange = () => {
      for (const listener of listeners) listener();
    };
    const store = await ProjectedStore.open({ streams, backbone, path, embedder, onEvent, onChange });
    return new Choir(streams, store, listeners);
  }

  /**
   * Publishes an article, once for its key whatever the number of calls, and returns when it can be found.
   * @param signer of its author
   * @throws ChoirError `no_title`, `too_large`, `invalid_article`, or `key_reused` if another content has been published under this key;
   *   what the signer throws
   */
  async publish(request: PublishRequest, signer: Signer): Promise<Published> {
    const document = preparePublication(request, signer.publicKey, new Date());
    const key = request.key.trim();
    const there = await findPublication(this.#streams, key);
    const { publication } = document;
    const written = there
      ? { seq: there.seq, first: false, version: there.publication.version }
      : await this.#write(key, document, signer);
    if (written.version !== publication.version) {
      throw new ChoirError(
        "key_reused",
        `Another article (${publication.id}) was published under this idempotency key: publish this one under a key of its own.`,
      );
    }
    const refusal = await this.#refusal(written.seq);
    if (refusal !== undefined) throw new ChoirError("bad_event", `The publication was refused: ${refusal}.`);
    return await this.#published(publication, written);
  }

  /**
   * Publishes the next version of an article in the place of the one that stands, which stays readable. The same content again is no new
   * version.
   * @param signer of its author
   * @throws ChoirError `unknown_article`, `not_author`, `retracted`, `conflict` if it was revised meanwhile, and as {@link publish}
   */
  async revise(request: ReviseRequest, signer: Signer): Promise<Published> {
    const standing = await this.#standing(request.article);
    requireAuthor(standing, signer);
    if (standing.isRetracted) throw retracted(standing.id);
    const current = standing.publication;
    const document = prepareRevision({ ...request, article: standing.id }, current, signer.publicKey, new Date());
    const { publication } = document;
    if (isSameContent(publication, current)) return await this.#published(current, { first: false });
    const written = await this.#write(keyOf.revision(publication.id, publication.version), document, signer);
    const refusal = await this.#refusal(written.seq);
    if (refusal === undefined) return await this.#published(publication, written);
    const now = await this.#standing(standing.id);
    if (now.isRetracted) throw retracted(now.id);
    if (now.publication.version === current.version) {
      throw new ChoirError("bad_event", `The revision was refused: ${refusal}.`);
    }
    throw new ChoirError("conflict", `Article ${now.id} was revised meanwhile: read what it says now and revise that.`);
  }

  /**
   * Takes an article back, all versions of it: it stays readable with the reason, is found by no search, and neither what it cites nor what
   * cites it counts any more. There is no way back.
   * @param signer of its author
   * @returns whether this call did it
   * @throws ChoirError `unknown_article`, `not_author`, `invalid_retraction`
   */
  async retract(request: { article: string; reason: string }, signer: Signer): Promise<{ first: boolean }> {
    const standing = await this.#standing(request.article);
    requireAuthor(standing, signer);
    const { publicKey: authorKey } = signer;
    const retraction = prepareRetraction({ article: standing.id, reason: request.reason, authorKey }, new Date());
    if (standing.isRetracted) return { first: false };
    const signature = await signStatement(signer, "vibewriter/retraction/1", retraction);
    const refusal = await this.#refusal(await writeRetraction(this.#streams, retraction, signature));
    // The only reason there can be: somebody who has the key, too, was faster.
    if (refusal === undefined || (await this.#standing(standing.id)).isRetracted)
      return { first: refusal === undefined };
    throw new ChoirError("bad_event", `The retraction was refused: ${refusal}.`);
  }

  /**
   * Counts a citation, once for each pair of articles for ever.
   * @param signer of the author of the citing article
   * @returns whether this call made it, and the number of articles that cite `cited` now
   * @throws ChoirError `unknown_article`, `not_author`, `self_citation` for one's own article, `retracted`, `invalid_citation`
   */
  async cite(request: CitationRequest, signer: Signer): Promise<{ first: boolean; count: number }> {
    const [citing, cited] = [await this.#standing(request.citing), await this.#standing(request.cited)];
    requireAuthor(citing, signer);
    if (citing.id === cited.id || cited.authorKey === signer.publicKey) throw selfCitation(cited.id);
    for (const { id, isRetracted } of [citing, cited]) if (isRetracted) throw retracted(id);
    const claim = request.claim.trim();
    const passage = request.passage && (await this.#store.call("passage", cited.id, request.passage));
    const parsed = citationSchema.safeParse({
      ...{ citing: citing.id, citingVersion: citing.publication.version },
      ...{ cited: cited.id, citedVersion: cited.publication.version },
      ...{ claim, authorKey: signer.publicKey, ...(passage && { passage }) },
    });
    if (!parsed.success) {
      throw new ChoirError("invalid_citation", "A citation says what it is for, in 1-4000 characters.", {
        cause: parsed.error,
      });
    }
    const before = await this.#store.call("citationSeq", citing.id, cited.id);
    if (before !== undefined) return { first: false, count: await this.#store.call("citations", cited.id) };
    const signature = await signStatement(signer, "vibewriter/citation/1", parsed.data);
    const { seq, first } = await writeCitation(this.#streams, parsed.data, signature);
    const refusal = await this.#refusal(seq);
    const counts = await this.#store.call("citationSeq", citing.id, cited.id);
    if (counts === undefined) throw new ChoirError("bad_event", `The citation was refused: ${refusal}.`);
    return { first: first && counts === seq, count: await this.#store.call("citations", cited.id) };
  }

  /**
   * The articles that answer a question best, best first: words (BM25) and vectors, fused by rank; a word that nobody
   * has written is taken for a slip and looked for in its nearest spellings. Any text is a valid question; one without a
   * letter or digit finds nothing. Each article comes once, near copies of a better result come last, retracted ones never.
   * @throws ChoirError `unknown_article`, `ambiguous_id` for `citedBy`, `invalid_query` for a time that is none
   */
  async search(query: string, o: SearchOptions = {}): Promise<SearchResult[]> {
    return await this.#search.search(query, o);
  }

  /** The model whose vectors the index has that answers now. */
  get embedder(): EmbedderIdentity {
    const { model, dimensions, mode } = this.#store.embedder;
    return { model, dimensions, mode };
  }

  /** What there is to embed: passages of all versions, and their characters. */
  async embeddingLoad(): Promise<EmbeddingLoad> {
    return await this.#store.call("embeddingLoad");
  }

  /**
   * Makes the index again in the file `path` with another embedder, while the one that there is answers, and takes its place when it is
   * whole; novelty is then measured with it, too. A file that a former attempt left is gone on with. Nothing happens if `path` is the file in use.
   * @throws ChoirError `embedder_refused`, or `closed` when it was aborted: the old index goes on
   */
  async reembed(
    place: IndexPlace,
    o: { signal?: AbortSignal; onProgress?: (progress: ReembedProgress) => void } = {},
  ): Promise<void> {
    await this.#store.reembed(place, o);
  }

  /**
   * By id, or by the beginning of one (at least four characters) that no other article shares; `<id>@<version>` for a version that need not be
   * the one that stands.
   * @throws ChoirError `unknown_article`, `ambiguous_id`
   */
  async get(reference: string): Promise<Article> {
    return await this.#store.call("article", reference);
  }

  /** Newest first, 100 unless told otherwise; `before` names the last one of the page before. */
  async list(o: Partial<ArticlePage> = {}): Promise<ArticleSummary[]> {
    return await this.#store.call("list", { limit: 100, ...o });
  }

  /** Number of articles that cite this one and stand. */
  async citations(id: string): Promise<number> {
    return await this.#store.call("citations", id);
  }

  /** How the novelty score of an article came about: nearest earlier passages, shared text, the corpus it was measured against. */
  async novelty(id: string): Promise<NoveltyRecord> {
    return await this.#store.call("novelty", id);
  }

  /** How that score came about, in words: closest passages, shared text, what would raise it. */
  async explainNovelty(reference: string): Promise<NoveltyExplanation> {
    return await this.#store.call("explain", reference);
  }

  /**
   * What the novelty of a draft would be if it were published now as a new article; nothing is written.
   * @throws ChoirError `too_large`
   */
  async assess(markdown: string): Promise<NoveltyExplanation> {
    checkSize(markdown);
    return await this.#store.call("assess", await this.#store.draft(markdown));
  }

  /** The article as a Markdown file with its data in front. */
  async exportMarkdown(id: string): Promise<string> {
    return articleMarkdown(await this.get(id));
  }

  /** True if the stream is another account's, so that its ledger is, too. */
  get isShared(): boolean {
    return this.#streams.effects.isShared;
  }

  /** What the ledger has to know, in the order of the stream, from behind a position on; at most `limit`. */
  async facts(after: number, limit: number): Promise<Fact[]> {
    return await this.#store.call("facts", after, limit);
  }

  /** Returns when everything that is in the stream now is in the index. */
  async caughtUp(): Promise<void> {
    await this.#store.caughtUp();
  }

  /** Calls `listener` whenever the index has changed, until what it returns is disposed of. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** SHA-256 over all versions, scores, retractions and citations in the order of the stream: equal after every rebuild. */
  async exportHash(): Promise<string> {
    return await this.#store.call("exportHash");
  }

  /** Deletes the SQLite file and makes it again from the stream; searches wait meanwhile. */
  async rebuild(): Promise<void> {
    await this.#store.rebuild();
  }

  /** Closes the file; the backbone stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async #standing(reference: string): Promise<Standing> {
    try {
      return await this.#store.call("standing", reference);
    } catch (error) {
      if (!(error instanceof ChoirError && error.code === "unknown_article")) throw error;
      // Another process may have published it a moment ago.
      await this.#store.caughtUp();
      return await this.#store.call("standing", reference);
    }
  }

  async #write(key: string, document: Document, signer: Signer) {
    const signature = await signStatement(signer, "vibewriter/article/1", document.publication);
    return await writePublication(this.#streams, key, document, signature);
  }

  /** Why an effect does not count, if so, when it was applied. */
  async #refusal(seq: number): Promise<string | undefined> {
    await this.#store.caughtUp(seq);
    return await this.#store.call("rejection", seq);
  }

  async #published({ id, version }: Publication, { first }: { first: boolean }): Promise<Published> {
    const { seq, score } = await this.#store.call("score", `${id}@${version}`);
    return { id, version, noveltyScore: score, seq, first };
  }
}

/** Whether two versions say the same, whatever each of them replaces. */
function isSameContent(one: Publication, other: Publication): boolean {
  return versionOf({ ...one, revises: other.revises }) === other.version;
}

function requireAuthor({ id, authorKey }: Standing, { publicKey }: Signer): void {
  if (authorKey === publicKey) return;
  throw new ChoirError(
    "not_author",
    authorKey === undefined
      ? `Article ${id} is of an earlier release and unsigned, so nobody can speak for it: publish it anew.`
      : `Article ${id} is by author ${authorKey}: sign with that author's key.`,
  );
}

function selfCitation(id: string): ChoirError {
  return new ChoirError("self_citation", `Article ${id} is by the same author: cite another author's.`);
}

function retracted(id: string): ChoirError {
  return new ChoirError("retracted", `Article ${id} was taken back by its author: see its reason with kb show.`);
}
