import { BackboneError, type FileStore } from "@vibewriter/backbone";
import type { FileIndex } from "./file-index.js";
import type { FileContent, FileTree, TreeFile, TreeWrite } from "./file-tree.js";

/** The files of the object store whose keys begin with `<prefix>/`, such as `main/artifacts`. */
export class ArtifactTree implements FileTree {
  readonly #files: FileStore;
  readonly #index: FileIndex;
  readonly #prefix: string;

  constructor(o: { files: FileStore; index: FileIndex; prefix: string }) {
    this.#files = o.files;
    this.#index = o.index;
    this.#prefix = o.prefix;
  }

  files(): Promise<ReadonlyMap<string, TreeFile>> {
    return this.#index.under(this.#prefix);
  }

  read(path: string): AsyncIterable<Uint8Array> {
    return this.#files.stream(this.#key(path));
  }

  async write(path: string, content: FileContent, o: TreeWrite): Promise<{ file: TreeFile; isConflict: boolean }> {
    const source = content instanceof Uint8Array ? content : content();
    const { conflict, ...file } = await this.#files.put(this.#key(path), source, { ...o, refuseKeys: true });
    return { file, isConflict: conflict !== undefined };
  }

  async remove(path: string, o: { expected: number; writer: string }): Promise<boolean> {
    try {
      await this.#files.delete(this.#key(path), o);
      return true;
    } catch (error) {
      if (error instanceof BackboneError && error.code === "conflict") return false;
      throw error;
    }
  }

  nameOf(path: string, version: number): string {
    const [agent, ...folder] = this.#prefix.split("/");
    return `vibewriter files cat ${[...folder, path].join("/")}@${version}${agent === "main" ? "" : ` --agent ${agent}`}`;
  }

  #key(path: string): string {
    return `${this.#prefix}/${path}`;
  }
}
