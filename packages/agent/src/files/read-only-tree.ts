import type { FileTree, TreeFile } from "./file-tree.js";
import { FileRefused } from "./sandbox-files.js";

/** A tree for a run that repeats another one: it shows what is kept, and what is changed in the sandbox stays there. */
export class ReadOnlyTree implements FileTree {
  readonly #tree: FileTree;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  files(): Promise<ReadonlyMap<string, TreeFile>> {
    return this.#tree.files();
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return this.#tree.read(path);
  }

  async write(): Promise<never> {
    throw new FileRefused("this run repeats another one, and changes nothing of what is kept");
  }

  async remove(): Promise<boolean> {
    return false;
  }

  nameOf(path: string, version: number): string {
    return this.#tree.nameOf(path, version);
  }
}
