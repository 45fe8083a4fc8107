import {
  type CombinedSearch,
  EvidenceError,
  type EvidenceStore,
  type NewClaim,
  type RecordedClaim,
  type Source,
  type SourceText,
  type Verification,
  withoutCitations,
} from "@vibewriter/evidence";
import { AgentError } from "../errors.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { Refusal } from "../tools/refusal.js";

/** Characters of a source that one reading returns. */
export const PAGE_CHARS = 16_000;

/** Hits of the web that one search returns. */
const MOST_HITS = 10;

/** A passage that a search found. */
export interface Passage {
  /** The id of a source that was read, or the address of one that was not. */
  readonly source: string;
  readonly title: string;
  readonly uri: string;
  /** Its place in the source's text, in characters. */
  readonly offset: number;
  readonly text: string;
  /** Where the whole text is, if `uri` shows only a part of it. */
  readonly fullText?: string;
  /** When it was published, as a search says. */
  readonly date?: string;
}

/** What a search came to. */
export interface Found {
  readonly passages: Passage[];
  /** Searches of the web that could not be asked, each with a sentence. */
  readonly failed: readonly { readonly provider: string; readonly message: string }[];
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
  /** The first sentence that it bears out, without the ids of the run's sources, which mean nothing elsewhere. */
  readonly context: string;
}

/** Addresses that this run may read, since a search found them or a person wrote or allowed them; kept over restarts: a model may not read one of its own making. */
export interface FoundAddresses {
  has(uri: string): Promise<boolean>;
  add(uris: readonly string[]): Promise<void>;
}

/** What one run has read and may read: the files it was given, what its searches found, what a person wrote or allowed, and Choir articles. */
export class RunSources {
  readonly #store: EvidenceStore;
  readonly #found: FoundAddresses;
  readonly #web: Pick<CombinedSearch, "search"> | undefined;
  readonly #emit: EmitEvent;

  /**
   * @param o.web searches of the web; without them only the run's own sources are searched
   * @param o.emit tells the person what is odd about a source or a search
   */
  constructor(o: {
    store: EvidenceStore;
    found: FoundAddresses;
    web?: Pick<CombinedSearch, "search">;
    emit: EmitEvent;
  }) {
    this.#store = o.store;
    this.#found = o.found;
    this.#web = o.web;
    this.#emit = o.emit;
  }

  /** Every snapshot of the run, S1 first. */
  list(): Promise<Source[]> {
    return this.#store.list();
  }

  /** The texts a draft is checked against. */
  texts(): Promise<SourceText[]> {
    return this.#store.texts();
  }

  /** The pages that the run wanted to read and could not, for a check of a draft that cites their addresses. */
  unreachable(): Promise<SourceText[]> {
    return this.#store.unreachable();
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
   * @throws Refusal for an address that nothing has found and nobody has written or allowed, EvidenceError if it cannot be read
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

  /**
   * The passages that answer a query best: the run's own sources first, then the web where there are searches of it.
   * @throws AgentError `nothing_to_read` for a run without sources whose searches cannot be asked
   */
  async search(query: string, limit: number): Promise<Found> {
    const own = (await this.#store.search(query, limit)).map(({ id, title, uri, start, text }) => ({
      source: id,
      title,
      uri,
      offset: start,
      text,
    }));
    if (this.#web === undefined) return { passages: own, failed: [] };
    const { results, failed } = await this.#web.search(query, { limit: Math.min(limit, MOST_HITS) });
    await this.#tellFailed(failed);
    const [first] = failed;
    if (results.length === 0 && first !== undefined && (await this.list()).length === 0) {
      const message = `There is nothing to read: no source was given, and the web cannot be searched. ${first.message} Or give files with --sources.`;
      throw new AgentError("nothing_to_read", message);
    }
    const addresses = results.flatMap(({ uri, fullText }) => (fullText === undefined ? [uri] : [uri, fullText]));
    if (addresses.length > 0) await this.#found.add(addresses);
    const web = results.map(({ uri, title, passage, date, fullText }) => ({
      ...{ source: uri, title, uri, offset: 0, text: passage },
      ...(date === undefined ? {} : { date }),
      ...(fullText === undefined ? {} : { fullText }),
    }));
    return { passages: [...own, ...web], failed };
  }

  /** Whether an address may be read without more ado: it was read, or found, or a person has written it. */
  async isKnown(address: string): Promise<boolean> {
    return (await this.list()).some(({ uri }) => uri === address) || (await this.#found.has(address));
  }

  /** Lets an address be read that nobody has found: a person has said so. */
  async allow(address: string): Promise<void> {
    await this.#found.add([address]);
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
      const words = withoutCitations(sentence.text)
        .replace(/\s+(?=[.,;:!?]|$)/g, "")
        .replace(/\s+/g, " ");
      used.push({ articleId: uri.slice("choir:".length), title, context: words.trim() });
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
    if (/^https?:/i.test(name) && (await this.#found.has(name))) return await this.#readPage(name);
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

  async #readPage(uri: string): Promise<Source> {
    const source = await this.#store.read(uri);
    const { id, changedSince, note } = source;
    if (changedSince !== undefined) {
      const { fetchedAt, runId } = changedSince;
      const text = `${id} has changed since ${fetchedAt.slice(0, 10)}, when ${runId} read it: ${source.uri}`;
      await this.#warn(text, `source.changed.${id}`);
    }
    if (note !== undefined) await this.#warn(`${id} (${source.uri}): ${note}`, `source.note.${id}`);
    return source;
  }

  /** Each once, however often it fails. */
  async #tellFailed(failed: Found["failed"]): Promise<void> {
    for (const { provider, message } of failed) await this.#warn(message, `search.failed.${provider}`);
  }

  async #warn(text: string, id: string): Promise<void> {
    await this.#emit({ type: "log", data: { level: "warn", text } }, id);
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
