import type { FileStore, FileVersion } from "@vibewriter/backbone";

/** Keys of kept files: `<agent>/artifacts/...`, `<agent>/replays/<run>/artifacts/...`, `<agent>/runs/<run>/...`; the first part is their folder. */
const KEPT =
  /^([^/]+\/(?:runs\/[^/]+|(?:replays\/[^/]+\/)?(?:artifacts|skills|large_tool_results|conversation_history)))\/(.+)$/s;

/**
 * What the kept files of all agents are now, by folder. One for all trees of a process: the first look reads every entry of the store, each
 * later one what has changed since, which is next to nothing.
 */
export class FileIndex {
  readonly #files: FileStore;
  readonly #folders = new Map<string, Map<string, FileVersion>>();
  #position = 0;
  #refreshing: Promise<void> | undefined;

  constructor(files: FileStore) {
    this.#files = files;
  }

  /** The files of a folder by the rest of their keys, up to date. Later calls change the map. */
  async under(folder: string): Promise<ReadonlyMap<string, FileVersion>> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
    return this.#folder(folder);
  }

  async #refresh(): Promise<void> {
    const { position, files } = await this.#files.changes(this.#position);
    for (const file of files) {
      const [, folder, path] = KEPT.exec(file.key) ?? [];
      if (folder === undefined || path === undefined) continue;
      if (file.kind === "written") this.#folder(folder).set(path, file);
      else this.#folder(folder).delete(path);
    }
    this.#position = position;
  }

  #folder(name: string): Map<string, FileVersion> {
    const files = this.#folders.get(name) ?? new Map<string, FileVersion>();
    this.#folders.set(name, files);
    return files;
  }
}
