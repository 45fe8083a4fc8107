/** A file of a sandbox, as a look at its folder shows it. */
export interface SeenFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly type: "file" | "symlink" | "other";
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Look {
  readonly files: readonly SeenFile[];
  /** There are more: what is not listed may be there all the same. */
  readonly isCut: boolean;
}

/**
 * The files of a sandbox, as the host moves them in and out. Paths are absolute. `read` and `stat` give `undefined` for what is not
 * there, or is no file; a failure that only concerns the file throws {@link FileRefused}.
 */
export interface SandboxFiles {
  /** What is below each of some folders, links not followed; an empty look for one that is not there. One round trip where that can be. */
  look(folders: readonly string[]): Promise<Map<string, Look>>;
  stat(path: string): Promise<Pick<SeenFile, "size" | "mtimeMs"> | undefined>;
  /** At most `limit` bytes of it. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
  stream(path: string): AsyncIterable<Uint8Array>;
  /** With the folders above it, in one step: a reader sees the old content or the new one. */
  write(path: string, content: Uint8Array, o?: { executable?: boolean }): Promise<void>;
  writeStream(path: string, content: () => AsyncIterable<Uint8Array>): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes a file, a link or a folder with all that is in it, whatever permissions were set there. */
  clear(path: string): Promise<void>;
  /** Names in a folder that are not the agent's: they came with its image. */
  given(folder: string): Promise<ReadonlySet<string>>;
}

/** A file that cannot be moved; others can. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}
