import { createHash } from "node:crypto";
import { BackboneError } from "../errors.js";
import type { Link } from "../link/link.js";
import { nextOn } from "../link/publish.js";
import { readStream } from "../link/read-stream.js";
import { chunkSubject, type Meta, STREAM, sha256Of } from "./entry.js";

/** Chunks asked for ahead of the reader, 4 MiB of them. */
const AHEAD = 8;

/**
 * The content of an entry in the chunks that were written.
 * @throws BackboneError `corrupt`, after the last chunk if they are not what was written
 */
export async function* readChunks(link: Link, meta: Meta): AsyncGenerator<Uint8Array, void, undefined> {
  const sha = createHash("sha256");
  let count = 0;
  for await (const data of chunksOf(link, meta)) {
    sha.update(data);
    count++;
    yield data;
  }
  if (count !== meta.chunks || sha.digest("hex") !== sha256Of(meta)) {
    const lost =
      count < meta.chunks ? `${meta.chunks - count} of ${meta.chunks} chunks are missing` : "the digest differs";
    throw new BackboneError("corrupt", `The content of "${meta.name}" is damaged in the store: ${lost}.`);
  }
}

async function* chunksOf(link: Link, { nuid, chunks }: Meta): AsyncGenerator<Uint8Array, void, undefined> {
  if (chunks === 0) return;
  const subject = chunkSubject(nuid);
  if (chunks === 1) {
    // A consumer costs more than the one request that this takes.
    const only = await nextOn(link, STREAM, subject, 1);
    if (only) yield only.data;
    return;
  }
  let left = chunks;
  for await (const { data } of readStream(link, {
    stream: STREAM,
    subjects: [subject],
    from: 1,
    live: false,
    ahead: AHEAD,
  })) {
    yield data;
    if (--left === 0) return;
  }
}
