import { createHash, randomUUID } from "node:crypto";
import { type ObjectStore, Objm, StorageType, setSha256Backend } from "@nats-io/obj";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import type { Link } from "../link/link.js";
import { lastOn, nextOn, publish } from "../link/publish.js";
import { rechunk } from "./rechunk.js";

const BUCKET = "VIBEWRITER_FILES";
const STREAM = `OBJ_${BUCKET}`;
/** Well under the 1 MiB a message may have, and five times faster than the client's default of 128 KiB. */
const CHUNK_BYTES = 512 * 1024;

const metaSchema = z.object({
  name: z.string(),
  nuid: z.string(),
  size: z.number(),
  chunks: z.number(),
  digest: z.string().default(""),
  mtime: z.string().default(""),
  deleted: z.boolean().default(false),
});

type Meta = z.infer<typeof metaSchema>;

export interface FileInfo {
  key: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
  /** When it was stored, ISO 8601. */
  time: string;
}

/**
 * Files by key (`<agent>/sources/<sha256>`) in the object store VIBEWRITER_FILES, readable by any NATS client. Any
 * size goes through in chunks, so memory stays flat; every read is checked against the digest.
 */
export class FileStore {
  readonly #link: Link;
  readonly #objects: ObjectStore;

  private constructor(link: Link, objects: ObjectStore) {
    this.#link = link;
    this.#objects = objects;
  }

  static async open(link: Link): Promise<FileStore> {
    setSha256Backend("native");
    const objects = await link.patiently(`open the object store ${BUCKET}`, () =>
      new Objm(link.js).create(BUCKET, { storage: StorageType.File }),
    );
    return new FileStore(link, objects);
  }

  /**
   * Stores a file, all or nothing, replacing what was there. Putting the same content again changes nothing.
   * @throws BackboneError `invalid` for an empty key, `unavailable` if NATS stays away
   */
  async put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<FileInfo> {
    if (key === "") throw new BackboneError("invalid", "A file needs a key that is not empty.");
    if (content instanceof Uint8Array) {
      const there = await this.stat(key);
      if (there?.sha256 === createHash("sha256").update(content).digest("hex")) return there;
    }
    const nuid = randomUUID().replaceAll("-", "");
    try {
      const written = await this.#writeChunks(nuid, content);
      return await this.#commit({ name: key, nuid, ...written });
    } catch (error) {
      // The first error is the one to tell; chunks that cannot be cleared now are dead weight and nothing else.
      await this.#dropChunks(nuid).catch(() => undefined);
      throw error;
    }
  }

  /** The whole file, or `undefined` if there is none. For large ones see {@link FileStore.stream}. */
  async get(key: string): Promise<Uint8Array | undefined> {
    const meta = await this.#meta(key);
    if (!meta) return undefined;
    const parts: Uint8Array[] = [];
    for await (const part of this.#readChunks(meta)) parts.push(part);
    return Buffer.concat(parts);
  }

  /**
   * The file in parts of at most 512 KiB, read as fast as they are taken.
   * @throws BackboneError `not_found`, or `corrupt` after the last part if the digest does not match
   */
  async *stream(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    const meta = await this.#meta(key);
    if (!meta) throw new BackboneError("not_found", `There is no file "${key}" in the store.`);
    yield* this.#readChunks(meta);
  }

  async stat(key: string): Promise<FileInfo | undefined> {
    const meta = await this.#meta(key);
    return meta && infoOf(meta);
  }

  /** Files whose key starts with `prefix`, by key. */
  async list(prefix = ""): Promise<FileInfo[]> {
    const all = await this.#link.patiently("list the files", () => this.#objects.list());
    return all
      .filter((o) => o.name.startsWith(prefix))
      .map((o) =>
        infoOf(
          metaSchema.parse({
            name: o.name,
            nuid: o.nuid,
            size: o.size,
            chunks: o.chunks,
            digest: o.digest,
            mtime: o.mtime,
          }),
        ),
      )
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Removes a file; `false` if there was none. */
  async delete(key: string): Promise<boolean> {
    if (!(await this.#meta(key))) return false;
    await this.#link.patiently(`delete the file "${key}"`, () => this.#objects.delete(key));
    return true;
  }

  async #writeChunks(
    nuid: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<Omit<Meta, "name" | "nuid">> {
    const sha = createHash("sha256");
    let [size, chunks] = [0, 0];
    for await (const data of rechunk(content, CHUNK_BYTES)) {
      sha.update(data);
      await publish(this.#link, { stream: STREAM, subject: chunkSubject(nuid), data, messageId: `${nuid}.${chunks}` });
      size += data.length;
      chunks++;
    }
    // Base64url with padding: what the object store's format asks for.
    const digest = sha.digest("base64").replaceAll("+", "-").replaceAll("/", "_");
    return { size, chunks, digest: `SHA-256=${digest}`, mtime: new Date().toISOString(), deleted: false };
  }

  /** Makes the chunks the content of the key, unless somebody put the same content there in the meantime. */
  async #commit(meta: Meta): Promise<FileInfo> {
    for (;;) {
      const old = await lastOn(this.#link, STREAM, metaSubject(meta.name));
      const before = old && metaSchema.parse(old.json());
      if (before && !before.deleted && before.digest === meta.digest) {
        await this.#dropChunks(meta.nuid);
        return infoOf(before);
      }
      try {
        await publish(this.#link, {
          stream: STREAM,
          subject: metaSubject(meta.name),
          data: JSON.stringify({ ...meta, bucket: BUCKET, options: { max_chunk_size: CHUNK_BYTES } }),
          messageId: `${meta.nuid}.meta`,
          expectedLast: old?.seq ?? 0,
          headers: { "Nats-Rollup": "sub" },
        });
      } catch (error) {
        if (error instanceof BackboneError && error.code === "conflict") continue;
        throw error;
      }
      if (before && !before.deleted) await this.#dropChunks(before.nuid);
      return infoOf(meta);
    }
  }

  async *#readChunks(meta: Meta): AsyncGenerator<Uint8Array, void, undefined> {
    const sha = createHash("sha256");
    const subject = chunkSubject(meta.nuid);
    const damaged = () =>
      new BackboneError("corrupt", `The file "${meta.name}" is damaged in the store; put it there again.`);
    let next = meta.chunks > 0 ? nextOn(this.#link, STREAM, subject, 1) : undefined;
    for (let i = 1; next; i++) {
      const chunk = await next;
      if (!chunk) throw damaged();
      // One chunk ahead of the reader, no more.
      next = i < meta.chunks ? nextOn(this.#link, STREAM, subject, chunk.seq + 1) : undefined;
      next?.catch(() => undefined); // Its error is thrown by the await above; if the reader leaves, by nobody.
      sha.update(chunk.data);
      yield chunk.data;
    }
    if (sha.digest("hex") !== infoOf(meta).sha256) throw damaged();
  }

  async #meta(key: string): Promise<Meta | undefined> {
    const message = await lastOn(this.#link, STREAM, metaSubject(key));
    if (!message) return undefined;
    const meta = metaSchema.parse(message.json());
    return meta.deleted ? undefined : meta;
  }

  async #dropChunks(nuid: string): Promise<void> {
    await this.#link.patiently("clear chunks", () =>
      this.#link.jsm.streams.purge(STREAM, { filter: chunkSubject(nuid) }),
    );
  }
}

function chunkSubject(nuid: string): string {
  return `$O.${BUCKET}.C.${nuid}`;
}

function metaSubject(key: string): string {
  return `$O.${BUCKET}.M.${Buffer.from(key).toString("base64").replaceAll("+", "-").replaceAll("/", "_")}`;
}

function infoOf(meta: Meta): FileInfo {
  const sha256 = Buffer.from(meta.digest.replace(/^SHA-256=/, ""), "base64url").toString("hex");
  return { key: meta.name, size: meta.size, sha256, time: meta.mtime };
}
