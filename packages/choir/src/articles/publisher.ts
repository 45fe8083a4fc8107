import { citationSchema } from "../citations/citation.js";
import { ChoirError } from "../errors.js";
import type { ProjectedStore } from "../store/projected-store.js";
import { findPublication, keyOf, type Streams, writeCitation, writePublication, writeRetraction } from "../stream.js";
import {
  type Document,
  type Publication,
  type PublishRequest,
  preparePublication,
  prepareRevision,
  type ReviseRequest,
  versionOf,
} from "./article.js";
import type { Standing } from "./article-table.js";
import { type BatchOutcome, publishBatch } from "./publish-batch.js";
import { prepareRetraction } from "./retraction.js";
import type { Signer } from "./signer.js";
import { signStatement } from "./statement.js";

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
 * What authors do: each of it is checked, signed, written into the stream, and then waited for until it counts, or does not. The methods of
 * Choir of the same names say what they promise.
 */
export class Publisher {
  readonly #streams: Streams;
  readonly #store: Pick<ProjectedStore, "call" | "caughtUp">;

  constructor(streams: Streams, store: Pick<ProjectedStore, "call" | "caughtUp">) {
    this.#streams = streams;
    this.#store = store;
  }

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

  async publishMany(
    requests: readonly PublishRequest[],
    signer: Signer,
    { dryRun = false }: { dryRun?: boolean },
  ): Promise<BatchOutcome[]> {
    const refusal = (seq: number) => this.#refusal(seq);
    return await publishBatch(requests, { signer, streams: this.#streams, dryRun, refusal });
  }

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
