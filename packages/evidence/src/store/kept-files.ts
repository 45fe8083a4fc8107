import type { FileStore } from "@vibewriter/backbone";
import type { KeptFile, SourceFile } from "../sources/expand.js";
import { DEFAULT_LIMITS } from "../sources/limits.js";
import { readSourceFile, type SourceBytes } from "../sources/read-file.js";
import { keepBytes } from "./snapshots.js";

/**
 * Keeps the bytes of a file where the runs of an agent have their sources, so that another host can read it.
 * @throws EvidenceError if the file cannot be read
 */
export async function keepFile(o: { files: FileStore; agentId: string }, file: SourceFile): Promise<KeptFile> {
  const { bytes } = await bytesOfFile(file);
  const { path: _, place: __, ...about } = file;
  return { ...about, sha256: await keepBytes(o.files, o.agentId, bytes) };
}

/** The bytes of a file of this machine. Same errors. */
export async function bytesOfFile(file: SourceFile): Promise<SourceBytes> {
  const bytes = await readSourceFile(file.path, { maxBytes: DEFAULT_LIMITS.fileBytes });
  return { bytes, mediaType: file.mediaType, name: file.uri };
}
