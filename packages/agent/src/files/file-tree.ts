/** A file of a tree, as it is now. */
export interface TreeFile {
  /** Hexadecimal. */
  readonly sha256: string;
  /** Names this state of the file, for a compare-and-set. */
  readonly version: number;
  /** Bytes. */
  readonly size: number;
  readonly writer?: string;
}

export type FileContent = Uint8Array | (() => AsyncIterable<Uint8Array>);

export interface TreeWrite {
  /** The version that is replaced, 0 for none. */
  readonly expected: number;
  readonly writer: string;
  readonly sha256: string;
}

/** Files by relative path, kept outside of any sandbox. Everything that is written is kept as a version. */
export interface FileTree {
  /** Every file by its path. Cheap to ask again. The map is the tree's own, and changes with it. */
  files(): Promise<ReadonlyMap<string, TreeFile>>;
  read(path: string): AsyncIterable<Uint8Array>;
  /**
   * What the file is afterwards; `isConflict` if it was not the expected version: then what was written is kept beside it; `isHeldBack` if it
   * waits for a person, and the file stays what it was.
   */
  write(
    path: string,
    content: FileContent,
    o: TreeWrite,
  ): Promise<{ file: TreeFile; isConflict: boolean; isHeldBack?: boolean }>;
  /** False if it was not the expected version, or may not be removed, and so is still there. */
  remove(path: string, o: { expected: number; writer: string }): Promise<boolean>;
  /** How a person names a version of a file on the command line. */
  nameOf(path: string, version: number): string;
}
