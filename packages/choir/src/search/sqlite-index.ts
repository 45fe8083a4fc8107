import { StoreThread } from "../store/thread.js";
import type { EmbedderIdentity } from "./embedder.js";
import type {
  IndexedArticle,
  IndexHit,
  IndexQuery,
  IndexStats,
  KnowledgeIndex,
  WeightedWord,
} from "./knowledge-index.js";
import type { Speller } from "./question.js";

/** A SQLite file that is an index and nothing else, in a thread of its own: for collections that no stream stands behind. */
export class SqliteIndex implements KnowledgeIndex, Speller {
  readonly #thread: StoreThread;

  private constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  /**
   * Opens the file, or makes it if it is missing, damaged, of another schema or another model.
   * @throws ChoirError `in_use`, `index_failed`
   */
  static async open(path: string, { model, dimensions, mode }: EmbedderIdentity): Promise<SqliteIndex> {
    const thread = new StoreThread();
    try {
      await thread.call("open", { path, embedder: { model, dimensions, mode }, wipe: false });
      return new SqliteIndex(thread);
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  async add(article: IndexedArticle): Promise<void> {
    await this.#thread.call("addPassages", article);
  }

  async remove(article: string): Promise<void> {
    await this.#thread.call("removePassages", article);
  }

  async query(query: IndexQuery): Promise<IndexHit[]> {
    return await this.#thread.call("query", query);
  }

  async corrections(words: readonly string[]): Promise<Record<string, WeightedWord[]>> {
    return await this.#thread.call("corrections", words);
  }

  async stats(): Promise<IndexStats> {
    return await this.#thread.call("indexStats");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
  }
}
