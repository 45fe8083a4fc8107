import type { StoredMsg } from "@nats-io/jetstream";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";

export const BUCKET = "VIBEWRITER_FILES";
export const STREAM = `OBJ_${BUCKET}`;
/** Every entry, of whatever key. */
export const ALL_ENTRIES = `$O.${BUCKET}.M.>`;
/** Well under the 1 MiB a message may have, and five times faster than the client's default of 128 KiB. */
export const CHUNK_BYTES = 512 * 1024;

/** One version of a file. */
export interface FileVersion {
  key: string;
  /** Grows from version to version of a file, with gaps. */
  version: number;
  /**
   * `conflict`: was put over a version that was no longer the file's newest, and is kept beside the file; `deleted`:
   * from here on there was no file.
   */
  kind: "written" | "deleted" | "conflict";
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
  /** When it was stored, ISO 8601. */
  time: string;
  /** Who wrote it, if they said so. */
  writer?: string;
}

const metaSchema = z.object({
  name: z.string(),
  nuid: z.string().default(""),
  size: z.number().default(0),
  chunks: z.number().default(0),
  digest: z.string().default(""),
  mtime: z.string().default(""),
  deleted: z.boolean().default(false),
  options: z
    .object({
      max_chunk_size: z.number().optional(),
      link: z.object({ bucket: z.string(), name: z.string().optional() }).optional(),
    })
    .nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** An entry of NATS' object store (ADR-20), as far as this package uses it. */
export type Meta = z.infer<typeof metaSchema>;

const besideSchema = z.object({
  size: z.number(),
  sha256: z.string(),
  time: z.string(),
  writer: z.string().optional(),
});

/**
 * One message about a file. Any client of NATS takes the last one for the object. A message about a conflict says
 * again what the file is, so that it stays so for them, and beside that what else was put.
 */
export interface Entry {
  /** The position of the message, for a compare-and-set of the next one. */
  seq: number;
  meta: Meta;
  /** What the file is from this message on. */
  head: FileVersion;
  /** The version that this message brought: the head, unless it is about a conflict. */
  own: FileVersion;
}

/** Metadata of an entry that we write; values are strings, by the format. */
const WRITER = "writer";
const HEAD = "head";
const BESIDE = "conflict";

/** Throws BackboneError `invalid` for a message that is not an entry. */
export function parseEntry(message: Pick<StoredMsg, "seq" | "subject" | "json">): Entry {
  const { seq } = message;
  const meta = parseMeta(message);
  const { [WRITER]: writer, [HEAD]: headVersion, [BESIDE]: beside } = meta.metadata ?? {};
  const head: FileVersion = {
    key: meta.name,
    version: headVersion === undefined ? seq : Number(headVersion),
    kind: meta.deleted ? "deleted" : "written",
    size: meta.size,
    sha256: sha256Of(meta),
    time: meta.mtime,
    ...(writer === undefined ? {} : { writer }),
  };
  if (beside === undefined) return { seq, meta, head, own: head };
  const own = besideSchema.parse(JSON.parse(beside));
  return { seq, meta, head, own: { key: meta.name, version: seq, kind: "conflict", ...own } };
}

/** Throws BackboneError `invalid` for a message that is not an entry. */
export function parseMeta(message: Pick<StoredMsg, "seq" | "subject" | "json">): Meta {
  try {
    return metaSchema.parse(message.json());
  } catch (error) {
    const text = `Message ${message.seq} of the file store cannot be read: ${reason(error)}`;
    throw new BackboneError("invalid", text, { cause: error });
  }
}

/** An entry that says: the file is that content, stored under a name of its own. */
export function linkTo(key: string, o: { content: string; size: number; sha256: string; writer?: string }): Meta {
  return {
    name: key,
    nuid: "",
    size: o.size,
    chunks: 0,
    digest: digestOf(o.sha256),
    mtime: new Date().toISOString(),
    deleted: false,
    options: { link: { bucket: BUCKET, name: o.content } },
    metadata: o.writer === undefined ? {} : { [WRITER]: o.writer },
  };
}

export function deletion(key: string, writer?: string): Meta {
  return {
    name: key,
    nuid: "",
    size: 0,
    chunks: 0,
    digest: "",
    mtime: new Date().toISOString(),
    deleted: true,
    metadata: writer === undefined ? {} : { [WRITER]: writer },
  };
}

/** What the file was before, with another content beside it. */
export function withConflict(before: Entry, beside: { size: number; sha256: string; writer?: string }): Meta {
  const { [BESIDE]: _, ...metadata } = before.meta.metadata ?? {};
  const kept = JSON.stringify({ ...beside, time: new Date().toISOString() });
  return { ...before.meta, metadata: { ...metadata, [HEAD]: String(before.head.version), [BESIDE]: kept } };
}

/** As it goes onto the wire. */
export function encodeMeta(meta: Meta): string {
  return JSON.stringify({ ...meta, bucket: BUCKET });
}

export function metaSubject(name: string): string {
  return `$O.${BUCKET}.M.${paddedBase64Url(Buffer.from(name))}`;
}

export function chunkSubject(nuid: string): string {
  return `$O.${BUCKET}.C.${nuid}`;
}

/** The object store's way to write a digest. */
export function digestOf(sha256: string): string {
  return `SHA-256=${paddedBase64Url(Buffer.from(sha256, "hex"))}`;
}

export function sha256Of(meta: Meta): string {
  return Buffer.from(meta.digest.replace(/^SHA-256=/, ""), "base64url").toString("hex");
}

function paddedBase64Url(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
