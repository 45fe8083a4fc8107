import {
  EvidenceError,
  type EvidenceStore,
  type NewClaim,
  type RecordedClaim,
  type Source,
  type SourceText,
  type Verification,
  type WebSearch,
} from "@vibewriter/evidence";
import { Refusal } from "../tools/refusal.js";

/** Characters of a source that one reading returns. */
export const PAGE_CHARS = 16_000;

/** A passage that a search found. */
export interface Passage {
  /** The id of a source that was read, or the address of one that was not. */
  readonly source: string;
  readonly title: string;
  readonly uri: string;
  /** Its place in the source's text, in characters. */
  readonly offset: number;
  readonly text: string;
}

/** A part of a source's text. */
export interface SourcePage {
  readonly source: Source;
  readonly offset: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: number;
  readonly text: string;
}

/** A Choir article that a draft cites as a source. */
export interface UsedArticle {
  readonly articleId: string;
  readonly title: string;
  /** The first sentence that it bears out. */
  readonly context: string;
}

/** Addresses that this run may read, kept over restarts: a model may not read an address of its own making. */
export interface FoundAddresses {
  has(uri: string): Promise<boolean>;
  add(uris: readonly string[]): Promise<void>;
}

/** What one run has read and may read: the files it was given, what its searches found, and Choir articles. */
export class RunSources {
  readonly #store: EvidenceStore;
  readonly #found: FoundAddresses;
  readonly #web: WebSearch | undefined;

  /** @param o.web a search of the web; without one only the run's own sources are searched */
  constructor(o: { store: EvidenceStore; found: FoundAddresses; web?: WebSearch }) {
    this.#store = o.store;
    this.#found = o.found;
    this.#web = o.web;
  }

  /** Every snapshot of the run, S1 first. */
  list(): Promise<Source[]> {
    return this.#store.list();
  }

  /** The texts a draft is checked against. */
  texts(): Promise<SourceText[]> {
    return this.#store.texts();
  }

  /** What the run has found out, with the words of its sources. */
  claims(): Promise<RecordedClaim[]> {
    return this.#store.claims();
  }

  /** Keeps what was found out, with the words of the sources that say it. Throws EvidenceError. */
  recordClaims(claims: readonly NewClaim[]): Promise<RecordedClaim[]> {
    return this.#store.recordClaims(claims);
  }

  /** The raw bytes of a snapshot. Throws EvidenceError. */
  bytes(id: string): Promise<Uint8Array> {
    return this.#store.bytes(id);
  }

  /**
   * A page of a source, by its id, its uri, or `choir:<article>`; what was not read yet is read now.
   * @throws Refusal for an address that nothing has found, EvidenceError if it cannot be read
   */
  async page(name: string, offset: number): Promise<SourcePage> {
    const source = await this.#sourceOf(name);
    const text = await this.#store.text(source.id);
    if (offset > 0 && offset >= text.length) {
      throw new Refusal("invalid_argument", `${source.id} has ${text.length} characters; give a smaller offset.`);
    }
    const end = endOfPage(text, offset);
    return { source, offset, next: end < text.length ? end : undefined, text: text.slice(offset, end) };
  }

  /** The passages that answer a query best: the run's own sources first, then the web where there is a search of it. */
  async search(query: string, limit: number): Promise<Passage[]> {
    const own = (await this.#store.search(query, limit)).map(({ id, title, uri, start, text }) => ({
      source: id,
      title,
      uri,
      offset: start,
      text,
    }));
    if (this.#web === undefined) return own;
    const hits = await this.#web.search(query, { limit: Math.min(limit, 10) });
    await this.#found.add(hits.map(({ uri }) => uri));
    return [...own, ...hits.map(({ uri, title, passage }) => ({ source: uri, title, uri, offset: 0, text: passage }))];
  }

  /** The snapshot of a Choir article, if it was read. */
  async article(articleId: string): Promise<Source | undefined> {
    return (await this.list()).find((source) => source.uri === `choir:${articleId}`);
  }

  /** The Choir articles that a checked draft uses, which is more than naming them: one citation at least is supported. */
  async articlesUsed(verification: Verification): Promise<UsedArticle[]> {
    const used: UsedArticle[] = [];
    for (const { id, uri, title } of await this.list()) {
      const sentence = verification.sentences.find(({ citations }) =>
        citations.some((citation) => citation.id === id && citation.verdict === "supported"),
      );
      if (sentence === undefined || !uri.startsWith("choir:")) continue;
      used.push({ articleId: uri.slice("choir:".length), title, context: sentence.text });
    }
    return used;
  }

  /** The snapshots that a checked draft cites. */
  async cited(verification: Verification): Promise<Source[]> {
    const ids = new Set(verification.sentences.flatMap((sentence) => sentence.ids));
    return (await this.list()).filter(({ id }) => ids.has(id));
  }

  async #sourceOf(name: string): Promise<Source> {
    const id = /^\[?(S\d+)\]?$/i.exec(name)?.[1]?.toUpperCase();
    if (id !== undefined) return await this.#store.get(id);
    const known = (await this.list()).find(({ uri }) => uri === name);
    if (known !== undefined) return known;
    if (name.startsWith("choir:")) return await this.#store.read(name);
    if (/^https?:/i.test(name) && (await this.#found.has(name))) return await this.#store.read(name);
    if (/^https?:/i.test(name)) {
      throw new Refusal(
        "source_not_allowed",
        `No search of this run has found ${name}; read what web_search returned, or search for it.`,
      );
    }
    throw new EvidenceError(
      "unknown_source",
      `${name} is not a source of this run; use an id or a uri that web_search returned.`,
    );
  }
}

/** At most a page, and not in the middle of a paragraph or a word where that can be helped. */
function endOfPage(text: string, offset: number): number {
  const limit = offset + PAGE_CHARS;
  if (limit >= text.length) return text.length;
  for (const boundary of ["\n\n", "\n", " "]) {
    const at = text.lastIndexOf(boundary, limit);
    if (at > offset + PAGE_CHARS / 2) return at + boundary.length;
  }
  return limit;
}
