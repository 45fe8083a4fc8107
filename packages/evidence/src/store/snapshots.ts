import { createHash } from "node:crypto";
import type { FileStore } from "@vibewriter/backbone";
import { z } from "zod";
import { EXTRACTOR_VERSION, type ExtractedText, type TextExtractor } from "../sources/extraction.js";
import type { SourceBytes } from "../sources/read-file.js";

/** Raw bytes and their text as they are kept: both by what they are, so that nothing is stored or extracted twice. */
export interface Snapshot {
  sha256: string;
  extracted: ExtractedText;
}

const Extracted = z.object({
  text: z.string(),
  title: z.string().optional(),
  author: z.string().optional(),
  date: z.string().optional(),
  language: z.string().optional(),
  truncated: z.boolean().optional(),
  note: z.string().optional(),
});

/** Snapshots of one agent, in the object store under `<agent>/sources/`. */
export class Snapshots {
  readonly #files: FileStore;
  readonly #agentId: string;
  readonly #extract: TextExtractor;

  constructor(o: { files: FileStore; agentId: string; extract: TextExtractor }) {
    this.#files = o.files;
    this.#agentId = o.agentId;
    this.#extract = o.extract;
  }

  /** Keeps the bytes and their text; the text of known bytes is not extracted again. @throws EvidenceError of the extractor */
  async take(source: SourceBytes): Promise<Snapshot> {
    const sha256 = await keepBytes(this.#files, this.#agentId, source.bytes);
    const key = this.#textKey(sha256, source.mediaType);
    const known = await this.#files.get(key);
    if (known) return { sha256, extracted: Extracted.parse(JSON.parse(new TextDecoder().decode(known))) };
    const extracted = await this.#extract(source);
    await this.#files.put(key, new TextEncoder().encode(JSON.stringify(extracted)));
    return { sha256, extracted };
  }

  /** The very text that was taken, by whichever version of the reader; undefined if it is not there any more, or is another one. */
  async text(o: { sha256: string; mediaType: string; textSha256: string }): Promise<string | undefined> {
    for (let version = EXTRACTOR_VERSION; version > 0; version--) {
      const known = await this.#files.get(this.#textKey(o.sha256, o.mediaType, version));
      if (known === undefined) continue;
      const { text } = Extracted.parse(JSON.parse(new TextDecoder().decode(known)));
      if (hash(new TextEncoder().encode(text)) === o.textSha256) return text;
    }
    return undefined;
  }

  /** The same with what it says about itself, extracted again if the reader has become another since; undefined if its bytes are gone. */
  async extractedOf(o: { sha256: string; mediaType: string; uri: string }): Promise<ExtractedText | undefined> {
    const bytes = await this.bytes(o.sha256);
    if (bytes === undefined || hash(bytes) !== o.sha256) return undefined;
    return (await this.take({ bytes, mediaType: o.mediaType, name: o.uri })).extracted;
  }

  /** The raw bytes of a snapshot. */
  async bytes(sha256: string): Promise<Uint8Array | undefined> {
    return await this.#files.get(rawKey(this.#agentId, sha256));
  }

  /** The media type decides how bytes are read, so it is a part of the key. */
  #textKey(sha256: string, mediaType: string, version = EXTRACTOR_VERSION): string {
    return `${rawKey(this.#agentId, sha256)}.text-${version}-${hash(new TextEncoder().encode(mediaType)).slice(0, 8)}.json`;
  }
}

/** Keeps raw bytes under what they are, once; returns their hash. */
export async function keepBytes(files: FileStore, agentId: string, bytes: Uint8Array): Promise<string> {
  const sha256 = hash(bytes);
  await files.put(rawKey(agentId, sha256), bytes);
  return sha256;
}

export function rawKey(agentId: string, sha256: string): string {
  return `${agentId}/sources/${sha256}`;
}

export function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
