import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StreamConfig, StreamState } from "@nats-io/jetstream";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import type { Link } from "../link/link.js";
import { streamNames } from "./stream-names.js";
import { restoreSnapshot, takeSnapshot } from "./stream-snapshot.js";

const MANIFEST = "backup.json";

const entrySchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-]+$/),
  messages: z.number(),
  bytes: z.number(),
  /** Of its file in the backup. */
  sha256: z.string(),
  config: z.custom<StreamConfig>((value) => typeof value === "object" && value !== null),
  state: z.custom<StreamState>((value) => typeof value === "object" && value !== null),
});
/** A path in the backup's folder that leads nowhere else. */
const fileNameSchema = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/);

const manifestSchema = z.object({
  format: z.literal(1),
  createdAt: z.string(),
  server: z.string(),
  streams: z.array(entrySchema),
  /** What was added to it; backups of before have none. */
  files: z.array(z.object({ name: fileNameSchema, sha256: z.string() })).default([]),
});

export type BackupManifest = z.infer<typeof manifestSchema>;

export interface BackupOptions {
  /** Told before each stream. */
  onProgress?: (progress: { stream: string; done: number; of: number }) => void;
  signal?: AbortSignal;
}

/** Something that is not on NATS and goes with it. */
export interface BackupFile {
  /** Relative, in a folder of its own. */
  name: string;
  content: Uint8Array;
}

export interface BackUpOptions extends BackupOptions {
  /** What else belongs to it; read after the streams, because they refer to it. */
  files?: (streams: BackupManifest["streams"]) => Promise<readonly BackupFile[]>;
}

export interface RestoreOptions extends BackupOptions {
  /** Gets what was added to the backup, before a stream is made. */
  onFiles?: (files: readonly BackupFile[], streams: BackupManifest["streams"]) => Promise<void>;
}

/**
 * Writes everything that NATS keeps into a new folder: one file for each stream in the server's own format, and `backup.json` with their
 * digests. The folder appears whole or not at all. Work goes on meanwhile: what refers to something is written before what it refers to,
 * so a restored backbone is as one whose server was killed at some moment of the backup.
 * @throws BackboneError `exists` if the folder is there, `corrupt`, `unavailable`; what `signal` aborts with
 */
export async function backUp(link: Link, folder: string, o: BackUpOptions = {}): Promise<BackupManifest> {
  await refuseExisting(folder);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const names = (await streamNames(link)).sort((a, b) => rank(a) - rank(b));
    const streams: BackupManifest["streams"] = [];
    for (const [done, stream] of names.entries()) {
      o.onProgress?.({ stream, done, of: names.length });
      streams.push(await backUpStream(link, partial, stream, o.signal));
    }
    const files = await writeFiles(partial, (await o.files?.(streams)) ?? [], o.signal);
    const manifest: BackupManifest = {
      format: 1,
      createdAt: new Date().toISOString(),
      server: link.serverVersion,
      streams,
      files,
    };
    await write(join(partial, MANIFEST), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)], o.signal);
    await rename(partial, folder);
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes the streams of a backup. Every file is compared with its digest first, and none of the streams may exist; if one of them fails, those
 * that were made are removed again.
 * @throws BackboneError `corrupt` for a damaged backup, `exists` where something is there already, `invalid`, `unavailable`
 */
export async function restore(link: Link, folder: string, o: RestoreOptions = {}): Promise<BackupManifest> {
  const manifest = await readBackup(folder, o.signal);
  const there = new Set(await streamNames(link));
  const taken = manifest.streams.find(({ name }) => there.has(name));
  if (taken !== undefined) {
    throw new BackboneError(
      "exists",
      `The stream ${taken.name} is there already; restore into an empty server or account.`,
    );
  }
  const files = manifest.files.map(async ({ name }) => ({ name, content: await readFile(join(folder, name)) }));
  await o.onFiles?.(await Promise.all(files), manifest.streams);
  const made: string[] = [];
  try {
    for (const [done, { name, config, state }] of manifest.streams.entries()) {
      o.signal?.throwIfAborted();
      o.onProgress?.({ stream: name, done, of: manifest.streams.length });
      made.push(name);
      const parts = createReadStream(join(folder, fileOf(name)), { highWaterMark: 256 * 1024 });
      await restoreSnapshot(link, { config: { ...config, num_replicas: link.replicas }, state, parts });
    }
    return manifest;
  } catch (error) {
    // The first error is the one to tell; what cannot be removed either is found by the next try.
    for (const name of made) await link.jsm.streams.delete(name).catch(() => undefined);
    throw error;
  }
}

/** Reads a backup and compares every file with its digest. Throws BackboneError `corrupt`, `not_found`. */
export async function readBackup(folder: string, signal?: AbortSignal): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  const streams = manifest.streams.map(({ name, sha256 }) => ({ name: fileOf(name), sha256 }));
  for (const { name, sha256 } of [...streams, ...manifest.files]) {
    const hash = createHash("sha256");
    try {
      for await (const part of createReadStream(join(folder, name), { signal })) hash.update(part);
    } catch (cause) {
      signal?.throwIfAborted();
      throw damaged(folder, name, cause);
    }
    if (hash.digest("hex") !== sha256) throw damaged(folder, name, undefined);
  }
  return manifest;
}

async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST), "utf8");
  } catch (cause) {
    throw new BackboneError("not_found", `There is no backup in ${folder} (${reason(cause)}); name its folder.`, {
      cause,
    });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(folder, MANIFEST, cause);
  }
}

/** What refers to something comes before it: records, checkpoints and events before tasks, effects and contents. */
function rank(stream: string): number {
  if (stream.startsWith("KV_")) return 0;
  if (stream === "VIBEWRITER_TASKS") return 2;
  if (stream === "VIBEWRITER_EFFECTS") return 3;
  return stream.startsWith("OBJ_") ? 4 : 1;
}

async function backUpStream(
  link: Link,
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<BackupManifest["streams"][number]> {
  const { config, state, parts } = await takeSnapshot(link, name);
  const sha256 = await write(join(folder, fileOf(name)), parts, signal);
  return { name, messages: state.messages, bytes: state.bytes, sha256, config, state };
}

async function writeFiles(
  folder: string,
  files: readonly BackupFile[],
  signal: AbortSignal | undefined,
): Promise<BackupManifest["files"]> {
  const written: BackupManifest["files"] = [];
  for (const file of files) {
    const name = fileNameSchema.parse(file.name);
    await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
    written.push({ name, sha256: await write(join(folder, name), [file.content], signal) });
  }
  return written;
}

/** Writes a file to the disk and returns its sha-256. */
async function write(
  path: string,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  await using file = await open(path, "wx", 0o600);
  for await (const part of parts) {
    signal?.throwIfAborted();
    hash.update(part);
    await file.writeFile(part);
  }
  await file.sync();
  return hash.digest("hex");
}

async function refuseExisting(folder: string): Promise<void> {
  try {
    await stat(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  throw new BackboneError("exists", `${folder} is there already; name a new folder for the backup.`);
}

function fileOf(stream: string): string {
  return `${stream}.tar.s2`;
}

function damaged(folder: string, file: string, cause: unknown): BackboneError {
  return new BackboneError(
    "corrupt",
    `The backup in ${folder} is damaged: ${file} is not what was written. Use another.`,
    {
      cause,
    },
  );
}
