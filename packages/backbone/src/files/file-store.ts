import { randomUUID } from "node:crypto";
import { Objm, StorageType, setSha256Backend } from "@nats-io/obj";
import { BackboneError } from "../errors.js";
import { ensureReplicas } from "../link/ensure-stream.js";
import type { Link } from "../link/link.js";
import { lastOn, publish } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { type FoundKey, KeyScanner, keyWords } from "../secrets/key-scanner.js";
import { changesAfter, type FileChanges } from "./changes.js";
import { type Content, Contents, contentName, isContentName } from "./contents.js";
import {
  BUCKET,
  CHUNK_BYTES,
  deletion,
  type Entry,
  encodeMeta,
  type FileVersion,
  linkTo,
  type Meta,
  metaSubject,
  parseEntry,
  STREAM,
  withConflict,
} from "./entry.js";
import { rechunk } from "./rechunk.js";
import { type SweepOptions, type SweepReport, sweep } from "./sweep.js";

/** Bytes of a key in UTF-8. */
const LONGEST_KEY = 1_024;

export interface PutOptions {
  /**
   * The version that is being replaced, 0 for none. If the file has another by now, it stays as it is, and what was put
   * is kept beside it as a version.
   */
  expected?: number;
  /** Who writes, for whoever looks at the history. */
  writer?: string;
  /** The digest of the content, in hexadecimal, where it is known: a source whose content is stored is then not written again. */
  sha256?: string;
  /**
   * Refuses content with what can only be a key in it, of whoever's. By default only registered secrets are refused: a source may be about
   * keys, and has to stay what it is.
   */
  refuseKeys?: boolean;
}

/** What the file is after a put. */
export interface PutResult extends FileVersion {
  /** What was put, if the file did not have the expected version. */
  conflict?: FileVersion;
}

/**
 * Files by key (`<agent>/sources/<sha256>`) with their versions, in the object store VIBEWRITER_FILES, where any NATS
 * client can read them. The same bytes are stored once, whatever their keys. Any size goes through in chunks, so memory
 * stays flat; every read is checked against the digest.
 */
export class FileStore {
  readonly #link: Link;
  readonly #contents: Contents;

  private constructor(link: Link) {
    this.#link = link;
    this.#contents = new Contents(link);
  }

  static async open(link: Link): Promise<FileStore> {
    setSha256Backend("native");
    await link.patiently(`open the object store ${BUCKET}`, () =>
      new Objm(link.js).create(BUCKET, { storage: StorageType.File, replicas: link.replicas }),
    );
    await ensureReplicas(link, STREAM);
    return new FileStore(link);
  }

  /**
   * Stores a file as its newest version, all or nothing. Putting what it is already changes nothing.
   * @throws BackboneError `invalid` for a key that is empty or too long, or content that is not of the digest given;
   *   `secret_found` for content with a registered secret in it, or with a key where that is refused, by its kind and line;
   *   `unavailable` if NATS stays away or has no space
   */
  async put(key: string, source: Uint8Array | AsyncIterable<Uint8Array>, o: PutOptions = {}): Promise<PutResult> {
    checkKey(key);
    const content = await this.#store(this.#withoutSecrets(key, source, o.refuseKeys ?? false), o);
    if (o.sha256 !== undefined && content.sha256 !== o.sha256) {
      throw new BackboneError("invalid", `The content for "${key}" is not of the digest that was given with it.`);
    }
    for (;;) {
      const before = await this.#entry(key);
      const head = before && liveHead(before);
      if (head?.sha256 === content.sha256) return head;
      const beside = { ...content, writer: o.writer };
      const isConflict = before !== undefined && o.expected !== undefined && !isVersion(before, o.expected);
      const meta = isConflict
        ? withConflict(before, beside)
        : linkTo(key, { ...beside, content: contentName(content.sha256) });
      const written = await this.#append(meta, before);
      if (written === undefined) continue;
      return isConflict ? { ...written.head, conflict: written.own } : written.own;
    }
  }

  /** The whole file, or `undefined` if there is none. For large ones see {@link FileStore.stream}. */
  async get(key: string, o: { version?: number } = {}): Promise<Uint8Array | undefined> {
    const meta = await this.#contentOf(key, o.version);
    if (meta === undefined) return undefined;
    const parts: Uint8Array[] = [];
    for await (const part of this.#read(key, meta)) parts.push(part);
    return Buffer.concat(parts);
  }

  /**
   * The file in parts of at most 512 KiB, read as fast as they are taken.
   * @throws BackboneError `not_found`, or `corrupt` after the last part if the digest does not match
   */
  async *stream(key: string, o: { version?: number } = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const meta = await this.#contentOf(key, o.version);
    if (meta === undefined) throw new BackboneError("not_found", missing(key, o.version));
    yield* this.#read(key, meta);
  }

  /** What the file is now, or was as a version; `undefined` if there is none. */
  async stat(key: string, o: { version?: number } = {}): Promise<FileVersion | undefined> {
    if (o.version !== undefined) return (await this.#versionEntry(key, o.version))?.own;
    const entry = await this.#entry(key);
    return entry && liveHead(entry);
  }

  /** Files whose key starts with `prefix`, by key. */
  async list(prefix = ""): Promise<FileVersion[]> {
    const { files } = await this.changes(0);
    return files
      .filter(({ key, kind }) => kind === "written" && key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /**
   * What every file is now that has changed after a position, deleted ones too; with 0 every file. Asking costs one small
   * request when nothing has.
   */
  changes(after: number): Promise<FileChanges> {
    return changesAfter(this.#link, after);
  }

  /** The versions of a file that are kept, oldest first; none for a key that was never used. */
  async history(key: string): Promise<FileVersion[]> {
    const versions: FileVersion[] = [];
    const reading = { stream: STREAM, subjects: [metaSubject(key)], from: 1, live: false };
    for await (const message of readStream(this.#link, reading)) versions.push(parseEntry(message).own);
    return versions;
  }

  /**
   * Deletes a file; its versions stay, and the deletion is one. `false` if there was none.
   * @throws BackboneError `conflict` if it is not the expected version
   */
  async delete(key: string, o: { expected?: number; writer?: string } = {}): Promise<boolean> {
    for (;;) {
      const before = await this.#entry(key);
      if (before === undefined || liveHead(before) === undefined) return false;
      if (o.expected !== undefined && !isVersion(before, o.expected)) {
        throw new BackboneError("conflict", `"${key}" was not deleted: it has changed since version ${o.expected}.`);
      }
      if ((await this.#append(deletion(key, o.writer), before)) !== undefined) return true;
    }
  }

  /**
   * Deletes a file with all its versions, in one step; that it was deleted stays. A `sweep` then removes contents that nobody else has.
   * `false` if there was none, or it is not the expected version.
   */
  async forget(key: string, o: { expected: number; writer?: string }): Promise<boolean> {
    const before = await this.#entry(key);
    if (before === undefined || liveHead(before) === undefined || !isVersion(before, o.expected)) return false;
    return (await this.#append(deletion(key, o.writer), before, { "Nats-Rollup": "sub" })) !== undefined;
  }

  /**
   * Removes what nothing refers to any more: old versions beyond the newest so many of each file, contents that no version
   * has, and chunks of puts that were cut off. Safe beside writers, and safe to cut off.
   */
  sweep(o: SweepOptions): Promise<SweepReport> {
    return sweep(this.#link, this.#contents, o);
  }

  /** The same bytes, as long as nothing is in them that must not be kept. */
  async *#withoutSecrets(
    key: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    refusesKeys: boolean,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const scanner = this.#link.secrets.scanner();
    const keys = refusesKeys ? new KeyScanner() : undefined;
    for await (const piece of source instanceof Uint8Array ? rechunk(source, CHUNK_BYTES) : source) {
      const name = scanner.push(piece);
      if (name !== undefined) throw secretFound(key, `the secret ${name}`);
      refuse(key, keys?.push(piece));
      yield piece;
    }
    refuse(key, keys?.end());
  }

  async #store(source: AsyncIterable<Uint8Array>, o: PutOptions): Promise<Content> {
    const known = o.sha256 === undefined ? undefined : await this.#contents.find(o.sha256);
    if (known === undefined) return await this.#contents.write(source);
    // Bytes that are there as a source's may still not be those of this file.
    if (o.refuseKeys) await takeAll(source);
    return known;
  }

  /** Writes the next entry behind `before`; `undefined` if somebody else did. */
  async #append(meta: Meta, before: Entry | undefined, headers?: Record<string, string>): Promise<Entry | undefined> {
    const subject = metaSubject(meta.name);
    const expectedLast = before?.seq ?? 0;
    const messageId = randomUUID();
    const publication = { stream: STREAM, subject, data: encodeMeta(meta), messageId, expectedLast, headers };
    try {
      const { seq } = await publish(this.#link, publication);
      return parseEntry({ seq, subject, json: <T>() => meta as T });
    } catch (error) {
      if (error instanceof BackboneError && error.code === "conflict") return undefined;
      throw error;
    }
  }

  async #entry(key: string): Promise<Entry | undefined> {
    const message = await lastOn(this.#link, STREAM, metaSubject(key));
    return message && parseEntry(message);
  }

  async #versionEntry(key: string, version: number): Promise<Entry | undefined> {
    const message = await this.#link.patiently(`read version ${version} of "${key}"`, () =>
      this.#link.message(STREAM, { seq: version }),
    );
    return message?.subject === metaSubject(key) ? parseEntry(message) : undefined;
  }

  /** The entry whose chunks are the content of the file, or of a version of it. */
  async #contentOf(key: string, version: number | undefined): Promise<Meta | undefined> {
    const entry = version === undefined ? await this.#entry(key) : await this.#versionEntry(key, version);
    if (entry === undefined) return undefined;
    if (version !== undefined && entry.own.kind === "conflict")
      return await this.#linked(key, contentName(entry.own.sha256));
    if (entry.meta.deleted) return undefined;
    const { link } = entry.meta.options ?? {};
    return link === undefined ? entry.meta : await this.#linked(key, link.name ?? "");
  }

  async #linked(key: string, name: string): Promise<Meta> {
    const content = await this.#contents.follow(name);
    if (content !== undefined) return content.meta;
    throw new BackboneError("corrupt", `The content of "${key}" is missing in the store; ${AGAIN}`);
  }

  async *#read(key: string, meta: Meta): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#contents.read(meta);
    } catch (error) {
      if (!(error instanceof BackboneError) || error.code !== "corrupt") throw error;
      throw new BackboneError("corrupt", `The file "${key}" is damaged in the store; ${AGAIN}`, { cause: error });
    }
  }
}

async function takeAll(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _part of source) {
    // Whoever gives them looks at them.
  }
}

const AGAIN = "put it there again, or read another version of it.";

function checkKey(key: string): void {
  if (key === "") throw new BackboneError("invalid", "A file needs a key that is not empty.");
  if (Buffer.byteLength(key) > LONGEST_KEY) {
    const text = `The key "${key.slice(0, 40)}…" is too long for a file: at most ${LONGEST_KEY} bytes.`;
    throw new BackboneError("invalid", text);
  }
  if (isContentName(key)) {
    throw new BackboneError("invalid", `"${key}" cannot be a key: names that begin like this are the store's own.`);
  }
}

function refuse(key: string, found: FoundKey | undefined): void {
  if (found !== undefined) throw secretFound(key, `${keyWords(found.kind)} on line ${found.line}`);
}

function secretFound(key: string, what: string): BackboneError {
  return new BackboneError("secret_found", `"${key}" holds ${what}; take it out, then store it again.`);
}

function liveHead({ head }: Entry): FileVersion | undefined {
  return head.kind === "deleted" ? undefined : head;
}

function isVersion(entry: Entry, version: number): boolean {
  return entry.head.version === version || (version === 0 && entry.head.kind === "deleted");
}

function missing(key: string, version: number | undefined): string {
  if (version === undefined) return `There is no file "${key}" in the store.`;
  return `There is no version ${version} of the file "${key}" in the store; see its history.`;
}
