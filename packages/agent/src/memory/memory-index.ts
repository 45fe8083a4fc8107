import { PassageIndex } from "@vibewriter/evidence";
import { bytesOf, infoOf, type MemoryEntry, type MemoryInfo } from "./entry.js";

/** Characters of an entry that are looked through. */
const SEARCHED_CHARS = 64_000;
/** Passages that are looked at for each that is given: several may be of one entry. */
const FACTOR = 4;

/** A passage of an entry, with what is known of the entry. */
export interface FoundMemory extends MemoryInfo {
  readonly text: string;
  readonly score: number;
}

/** The entries of an agent, ready to be searched by BM25; held in memory, as some thousands of short texts are. */
export class MemoryIndex {
  readonly #infos = new Map<string, MemoryInfo>();
  readonly #passages: PassageIndex;

  constructor(entries: ReadonlyMap<string, { readonly version: number; readonly entry: MemoryEntry }>) {
    const texts = [...entries].flatMap(([path, { version, entry }]) => {
      if (entry.encoding !== undefined) return [];
      this.#infos.set(path, infoOf(path, version, entry));
      const text = bytesOf(entry).toString().slice(0, SEARCHED_CHARS);
      return [{ id: path, title: path.replace(/[/_.-]+/g, " "), uri: path, text }];
    });
    this.#passages = new PassageIndex(texts);
  }

  /** The best passage of each entry, the best first; none of entries that share no word with the query. */
  search(query: string, limit: number): FoundMemory[] {
    const found = new Map<string, FoundMemory>();
    for (const { id, text, score } of this.#passages.search(query, FACTOR * limit)) {
      const info = this.#infos.get(id);
      if (info !== undefined && !found.has(id) && found.size < limit) found.set(id, { ...info, text, score });
    }
    return [...found.values()];
  }
}
