import { createHash, randomUUID } from "node:crypto";
import { BackboneError } from "../errors.js";
import type { Link } from "../link/link.js";
import { lastOn, publish } from "../link/publish.js";
import { readChunks } from "./chunk-reader.js";
import { ChunkWriter, dropChunks } from "./chunk-writer.js";
import { CHUNK_BYTES, digestOf, encodeMeta, type Meta, metaSubject, parseMeta, STREAM, sha256Of } from "./entry.js";
import { rechunk } from "./rechunk.js";

/** Contents are objects of the store too, under the name of their sha-256, so that any client can follow a link to one. */
const PREFIX = "sha256/";
/** On a content that nothing refers to: since when, ISO 8601. It is removed when that is long enough ago. */
const UNUSED_SINCE = "unused-since";
/** On a content whose chunks were found damaged: the next put of the same bytes writes them again. */
const DAMAGED = "damaged";

export interface Content {
  sha256: string;
  /** Bytes. */
  size: number;
}

/** The message about a content that is there. */
export interface StoredContent {
  seq: number;
  meta: Meta;
}

/** What files consist of: the same bytes are stored once, whatever their keys. */
export class Contents {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** The content with this digest, if it is there and whole as far as is known. It will not be swept within the grace period. */
  async find(sha256: string): Promise<Content | undefined> {
    for (;;) {
      const found = await this.lookUp(sha256);
      if (found === undefined || found.meta.metadata?.[DAMAGED] !== undefined) return undefined;
      if (found.meta.metadata?.[UNUSED_SINCE] === undefined) return { sha256, size: found.meta.size };
      if (await this.mark(found, {})) return { sha256, size: found.meta.size };
    }
  }

  /** Stores bytes of any size in flat memory; nothing stays of a source that breaks. Throws BackboneError and what the source throws. */
  async write(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<Content> {
    const nuid = randomUUID().replaceAll("-", "");
    const writer = new ChunkWriter(this.#link, nuid);
    const sha = createHash("sha256");
    let size = 0;
    try {
      for await (const data of rechunk(source, CHUNK_BYTES)) {
        sha.update(data);
        size += data.length;
        await writer.add(data);
      }
      const chunks = await writer.finish();
      return await this.#add({ nuid, size, chunks, sha256: sha.digest("hex") });
    } catch (error) {
      // The first error is the one to tell; chunks that cannot be cleared now are swept later.
      await writer.drop().catch(() => undefined);
      throw error;
    }
  }

  /**
   * The bytes of an entry, that of a content or of a file with chunks of its own.
   * @throws BackboneError `corrupt`, after the last part if they are not what was written
   */
  async *read(meta: Meta): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* readChunks(this.#link, meta);
    } catch (error) {
      if (error instanceof BackboneError && error.code === "corrupt") await this.#markDamaged(meta);
      throw error;
    }
  }

  /** The message about the object that a link names, or `undefined`. */
  async follow(name: string): Promise<StoredContent | undefined> {
    const message = await lastOn(this.#link, STREAM, metaSubject(name));
    if (message === undefined) return undefined;
    const meta = parseMeta(message);
    return meta.deleted ? undefined : { seq: message.seq, meta };
  }

  lookUp(sha256: string): Promise<StoredContent | undefined> {
    return this.follow(contentName(sha256));
  }

  /** Replaces the marks of a content; `false` if somebody else changed it in the meantime. */
  async mark(content: StoredContent, marks: Record<string, string>): Promise<boolean> {
    return (await this.#replace({ ...content.meta, metadata: marks }, content.seq)) !== undefined;
  }

  /** Removes a content, unless somebody has changed its marks in the meantime. */
  async remove(content: StoredContent): Promise<boolean> {
    const removed = await this.#replace({ ...content.meta, deleted: true }, content.seq);
    if (removed === undefined) return false;
    await dropChunks(this.#link, content.meta.nuid);
    // Up to the note that it is gone, and not beyond: the same bytes may have been put again.
    const o = { filter: metaSubject(content.meta.name), seq: removed + 1 };
    await this.#link.patiently("clear an entry", () => this.#link.jsm.streams.purge(STREAM, o));
    return true;
  }

  /** Makes the chunks the content of their digest, or drops them if it has some. */
  async #add(o: Content & { nuid: string; chunks: number }): Promise<Content> {
    const { sha256, size } = o;
    const meta: Meta = {
      name: contentName(sha256),
      nuid: o.nuid,
      size,
      chunks: o.chunks,
      digest: digestOf(sha256),
      mtime: new Date().toISOString(),
      deleted: false,
      options: { max_chunk_size: CHUNK_BYTES },
    };
    for (;;) {
      const known = await this.find(sha256);
      if (known !== undefined) {
        await dropChunks(this.#link, o.nuid);
        return known;
      }
      const before = await lastOn(this.#link, STREAM, metaSubject(meta.name));
      if ((await this.#replace(meta, before?.seq ?? 0)) === undefined) continue;
      const old = before && parseMeta(before);
      if (old && !old.deleted) await dropChunks(this.#link, old.nuid);
      return { sha256, size };
    }
  }

  /** The sequence of the new entry, or undefined if somebody else wrote one in the meantime. */
  async #replace(meta: Meta, expectedLast: number): Promise<number | undefined> {
    try {
      const { seq } = await publish(this.#link, {
        stream: STREAM,
        subject: metaSubject(meta.name),
        data: encodeMeta(meta),
        messageId: randomUUID(),
        expectedLast,
        headers: { "Nats-Rollup": "sub" },
      });
      return seq;
    } catch (error) {
      if (error instanceof BackboneError && error.code === "conflict") return undefined;
      throw error;
    }
  }

  async #markDamaged(meta: Meta): Promise<void> {
    if (!isContentName(meta.name)) return;
    const now = await this.lookUp(sha256Of(meta));
    // Somebody may have stored it anew while this reader was reading.
    if (now?.meta.nuid === meta.nuid) await this.mark(now, { [DAMAGED]: new Date().toISOString() });
  }
}

export function contentName(sha256: string): string {
  return `${PREFIX}${sha256}`;
}

export function isContentName(name: string): boolean {
  return name.startsWith(PREFIX);
}

export function unusedSince(meta: Meta): string | undefined {
  return meta.metadata?.[UNUSED_SINCE];
}

/** The marks of a content, with it called unused since a time, or not. */
export function withUnused({ metadata }: Meta, since: Date | undefined): Record<string, string> {
  const { [UNUSED_SINCE]: _, ...rest } = metadata ?? {};
  return since === undefined ? rest : { ...rest, [UNUSED_SINCE]: since.toISOString() };
}
