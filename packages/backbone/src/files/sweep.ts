import type { Link } from "../link/link.js";
import { nextOn } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { dropChunks } from "./chunk-writer.js";
import { type Contents, contentName, isContentName, type StoredContent, unusedSince, withUnused } from "./contents.js";
import { ALL_ENTRIES, chunkSubject, metaSubject, parseEntry, STREAM } from "./entry.js";

export interface SweepOptions {
  /**
   * How long content stays that nothing refers to, in milliseconds. A put finds its content first and refers to it
   * afterwards: it must not take longer than this.
   */
  graceMs: number;
  /** Versions that are kept of each file. */
  versions: number;
  now?: Date;
}

export interface SweepReport {
  /** Old versions that were removed. */
  versions: number;
  /** Contents that nothing referred to for long enough. */
  contents: number;
  /** Rests of puts that were cut off. */
  rests: number;
}

/** See FileStore.sweep. */
export async function sweep(link: Link, contents: Contents, o: SweepOptions): Promise<SweepReport> {
  const now = o.now ?? new Date();
  const versions = await trim(link, await survey(link), o.versions);
  // Surveyed again: what was trimmed refers to nothing any more.
  const seen = await survey(link);
  const swept = { versions, contents: 0, rests: 0 };
  for (const content of seen.contents.values()) {
    if (await settle(contents, content, { isUsed: seen.used.has(content.meta.name), now, graceMs: o.graceMs })) {
      swept.contents++;
    }
  }
  for (const nuid of await nuidsOfChunks(link)) {
    if (seen.nuids.has(nuid)) continue;
    if (await isRest(link, nuid, now.getTime() - o.graceMs)) {
      await dropChunks(link, nuid);
      swept.rests++;
    }
  }
  return swept;
}

interface Survey {
  contents: Map<string, StoredContent>;
  /** Names of contents that a version refers to. */
  used: Set<string>;
  /** Of chunks that an entry refers to. */
  nuids: Set<string>;
  /** Messages about each key. */
  counts: Map<string, number>;
}

async function survey(link: Link): Promise<Survey> {
  const seen: Survey = { contents: new Map(), used: new Set(), nuids: new Set(), counts: new Map() };
  const reading = { stream: STREAM, subjects: [ALL_ENTRIES], from: 1, live: false };
  for await (const message of readStream(link, reading)) {
    const { seq, meta, own } = parseEntry(message);
    if (meta.nuid !== "" && !meta.deleted) seen.nuids.add(meta.nuid);
    if (isContentName(meta.name)) {
      seen.contents.set(meta.name, { seq, meta });
      continue;
    }
    seen.counts.set(meta.name, (seen.counts.get(meta.name) ?? 0) + 1);
    const target = meta.options?.link?.name;
    if (target !== undefined) seen.used.add(target);
    if (own.kind === "conflict") seen.used.add(contentName(own.sha256));
  }
  return seen;
}

async function trim(link: Link, { counts }: Survey, keep: number): Promise<number> {
  let removed = 0;
  for (const [key, count] of counts) {
    if (count <= keep) continue;
    const filter = metaSubject(key);
    const { purged } = await link.patiently("trim the versions of a file", () =>
      link.jsm.streams.purge(STREAM, { filter, keep }),
    );
    removed += purged;
  }
  return removed;
}

/** Marks, unmarks or removes a content; true if it was removed. */
async function settle(
  contents: Contents,
  content: StoredContent,
  o: { isUsed: boolean; now: Date; graceMs: number },
): Promise<boolean> {
  const since = unusedSince(content.meta);
  if (o.isUsed) {
    if (since !== undefined) await contents.mark(content, withUnused(content.meta, undefined));
    return false;
  }
  if (since === undefined) {
    await contents.mark(content, withUnused(content.meta, o.now));
    return false;
  }
  if (o.now.getTime() - Date.parse(since) < o.graceMs) return false;
  return await contents.remove(content);
}

async function nuidsOfChunks(link: Link): Promise<string[]> {
  const prefix = chunkSubject("");
  const { state } = await link.patiently("list the chunks", () =>
    link.jsm.streams.info(STREAM, { subjects_filter: `${prefix}>` }),
  );
  return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
}

/** True if these chunks were begun before a time: whoever writes them is gone. */
async function isRest(link: Link, nuid: string, before: number): Promise<boolean> {
  const first = await nextOn(link, STREAM, chunkSubject(nuid), 1);
  return first !== undefined && first.time.getTime() < before;
}
