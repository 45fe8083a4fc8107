import { EvidenceError } from "../errors.js";
import type { GivenArticle, KeptFile, SourceFile } from "../sources/expand.js";
import type { FetchedPage } from "../sources/fetch.js";
import { DEFAULT_LIMITS } from "../sources/limits.js";
import type { SourceBytes } from "../sources/read-file.js";
import { bytesOfFile } from "./kept-files.js";
import { hash, type Snapshots } from "./snapshots.js";
import type { Unread } from "./source.js";

/** An article of the knowledge base, as a source. */
export interface ArticleText {
  title: string;
  markdown: string;
  author?: string;
}

/** What a run is given. */
export type Given = SourceFile | KeptFile | GivenArticle;

export interface OriginOptions {
  /** What this run was given: the files that it may read (`expandSources`), and articles. */
  given?: readonly Given[];
  /** Resolves `choir:<id>`; undefined if there is no such article. */
  article?: (id: string) => Promise<ArticleText | undefined>;
  /** Fetches a page; absent: the run reads nothing of the web but what was read before. */
  fetch?: (uri: string, o: { maxBytes: number }) => Promise<FetchedPage>;
}

/** What is read under an address, before anything is made of it. */
interface Original {
  readonly source: SourceBytes;
  /** What it is called where it comes from. */
  readonly title?: string;
  /** Only of a page. */
  readonly page?: FetchedPage;
}

/** Where the sources of a run come from: what it was given, the knowledge base, the web. */
export class Origins {
  readonly #o: OriginOptions;
  readonly #snapshots: Snapshots;
  readonly #unread: { list(): Promise<Unread[]>; add(page: Unread): Promise<void> };

  /** @param unread pages that could not be read: why is kept with the run, and a run that fetches nothing is told it again */
  constructor(
    o: OriginOptions,
    snapshots: Snapshots,
    unread: { list(): Promise<Unread[]>; add(page: Unread): Promise<void> },
  ) {
    this.#o = o;
    this.#snapshots = snapshots;
    this.#unread = unread;
  }

  /** @throws EvidenceError saying why it cannot be had */
  async get(uri: string): Promise<Original> {
    const article = /^choir:(.+)$/.exec(uri)?.[1];
    if (article !== undefined) {
      const found = await this.#o.article?.(article);
      if (!found) throw new EvidenceError("not_found", `There is no article ${article} in the knowledge base.`);
      const bytes = new TextEncoder().encode(found.markdown);
      return { source: { bytes, mediaType: "text/markdown", name: uri }, title: found.title };
    }
    const file = this.#o.given?.find((each) => each.uri === uri);
    if (file) return { source: await this.bytesOf(file) };
    if (/^https?:/i.test(uri)) {
      const page = await this.#page(uri);
      return { source: page, page };
    }
    throw new EvidenceError(
      "not_found",
      `${uri} is not a source of this run: give a file of the run, a URL or choir:<article id>.`,
    );
  }

  /** The bytes of something that the run was given. Same errors. */
  async bytesOf(file: Given): Promise<SourceBytes> {
    if (!("mediaType" in file)) return (await this.get(file.uri)).source;
    if ("path" in file) return await bytesOfFile(file);
    const bytes = await this.#snapshots.bytes(file.sha256);
    if (bytes && hash(bytes) === file.sha256) return { bytes, mediaType: file.mediaType, name: file.uri };
    throw new EvidenceError("store_failed", `The bytes of ${file.uri} are not in the store: give it in a new run.`);
  }

  async #page(uri: string): Promise<FetchedPage> {
    if (this.#o.fetch === undefined) {
      const why = (await this.#unread.list()).find((page) => page.uri === uri)?.message;
      throw new EvidenceError("not_found", why ?? `${uri} was not read before, and this run reads nothing new.`);
    }
    try {
      return await this.#o.fetch(uri, { maxBytes: DEFAULT_LIMITS.fileBytes });
    } catch (error) {
      const failure = asFailure(error, uri);
      const { code, message } = failure;
      await this.#unread.add({ uri, code, message, at: new Date().toISOString() });
      throw failure;
    }
  }
}

/** Whatever a server of the web brings about ends the reading of its page, never the run that wanted it. */
function asFailure(error: unknown, uri: string): EvidenceError {
  if (error instanceof EvidenceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `${uri} cannot be read: ${reason}; look for another source.`;
  return new EvidenceError("fetch_failed", message, { cause: error });
}
