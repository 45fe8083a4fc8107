import type { Backbone, Records } from "@vibewriter/backbone";
import type { SourceText } from "../check/index.js";
import { EvidenceError } from "../errors.js";
import { type FoundPassage, PassageIndex } from "../search/passages.js";
import type { SkippedFile } from "../sources/expand.js";
import type { TextExtractor } from "../sources/extraction.js";
import { type FetchedPage, pageUrl } from "../sources/fetch.js";
import { Addresses } from "./addresses.js";
import { ClaimIndex, type NewClaim, type RecordedClaim } from "./claim.js";
import { Claims } from "./claims.js";
import { type Given, type OriginOptions, Origins } from "./origins.js";
import { hash, Snapshots } from "./snapshots.js";
import { type Source, SourceIndex, type Unread } from "./source.js";
import { titleOf } from "./title-of.js";

export interface EvidenceStoreOptions extends OriginOptions {
  backbone: Pick<Backbone, "files" | "records">;
  agentId: string;
  runId: string;
  extract: TextExtractor;
}

/** Of the index of a run's sources, and of its claims. */
export const BUCKET = "vibewriter-evidence";
/** Extraction is one process in a VM; more at once would only wait there. */
const READ_AT_ONCE = 2;

/** Pages that could not be read, of which a run keeps why, and characters of that. */
const MOST_UNREAD = 100;
const LONGEST_MESSAGE = 1_000;
/** Bytes of JSON for the sources of one run: a record is one message of NATS, which has a megabyte at most. */
const MOST_BYTES = 700_000;

/**
 * The sources of one run: what was read, when, its bytes and its text. Everything lies in the backbone, so that a
 * resumed run, and all subagents, see the same ids.
 */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions;
  readonly #records: Records<SourceIndex>;
  readonly #addresses: Addresses;
  readonly #snapshots: Snapshots;
  readonly #origins: Origins;
  readonly #claims: Claims;
  readonly #reading = new Map<string, Promise<Source>>();
  readonly #texts = new Map<string, string>();
  #index: { version: string; passages: PassageIndex } | undefined;

  private constructor(
    options: EvidenceStoreOptions,
    o: { sources: Records<SourceIndex>; claims: Records<ClaimIndex>; addresses: Addresses },
  ) {
    this.#options = options;
    this.#records = o.sources;
    this.#addresses = o.addresses;
    this.#claims = new Claims(o.claims, { key: `${this.#key}.claims`, text: (id) => this.text(id) });
    this.#snapshots = new Snapshots({
      files: options.backbone.files,
      agentId: options.agentId,
      extract: options.extract,
    });
    this.#origins = new Origins(options, this.#snapshots, {
      list: () => this.unread(),
      add: (page) => this.#keepUnread(page),
    });
  }

  static async open(options: EvidenceStoreOptions): Promise<EvidenceStore> {
    const { backbone } = options;
    const [sources, claims, addresses] = await Promise.all([
      backbone.records(BUCKET, SourceIndex),
      backbone.records(BUCKET, ClaimIndex),
      Addresses.open(options),
    ]);
    return new EvidenceStore(options, { sources, claims, addresses });
  }

  /**
   * Reads a source and keeps it: a file of the run (`file:…`), a public page (`https://…`) or an article (`choir:<id>`). What was
   * read once in a run keeps its id and its text, whoever asks, and is not read again.
   * @throws EvidenceError saying why it cannot be read; nothing is kept then
   */
  async read(uri: string): Promise<Source> {
    const name = /^https?:/i.test(uri) ? pageUrl(uri).href : uri;
    const underWay = this.#reading.get(name);
    if (underWay) return await underWay;
    const reading = this.#read(name);
    this.#reading.set(name, reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(name);
    }
  }

  /**
   * Reads all that the run was given. A file found in a folder that cannot be read is passed over and listed.
   * @throws EvidenceError for what was given by name, or if nothing is left
   */
  async readGiven(): Promise<{ sources: Source[]; skipped: SkippedFile[] }> {
    const files = this.#options.given ?? [];
    const sources = new Map<string, Source>();
    const skipped: SkippedFile[] = [];
    // In the order given, and ids with it, so that two runs on the same files number them alike.
    const waiting = [...files];
    const work = async (): Promise<void> => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        try {
          await this.#prepare(file);
        } catch (error) {
          const isDocument =
            error instanceof EvidenceError && error.code !== "reader_failed" && error.code !== "store_failed";
          if (!isDocument || file.isNamed) throw error;
          skipped.push({ uri: file.uri, code: error.code, reason: error.message });
        }
      }
    };
    await Promise.all(Array.from({ length: READ_AT_ONCE }, work));
    const bad = new Set(skipped.map((file) => file.uri));
    for (const file of files) if (!bad.has(file.uri)) sources.set(file.uri, await this.read(file.uri));
    if (files.length > 0 && sources.size === 0) {
      throw new EvidenceError(
        "empty",
        `None of the ${files.length} sources can be read; the first: ${skipped[0]?.reason ?? "it is gone."}`,
      );
    }
    return { sources: [...sources.values()], skipped };
  }

  /**
   * Takes over what another run of the agent has read, with its ids, dates and failures, so that this one needs no network; what this run has
   * already stays. A text that today's reader gives otherwise is the one of today. Claims that that run had recorded are recorded here as they were there.
   * @returns the sources whose text is another one than that run had
   */
  async adopt(runId: string): Promise<Source[]> {
    const key = `${this.#options.agentId}.${runId}`;
    await this.#claims.recordLike(`${key}.claims`);
    const other = (await this.#records.get(key))?.value;
    if (other === undefined) return [];
    const changed: Source[] = [];
    const sources = await Promise.all(
      other.sources.map(async (source) => {
        const extracted = await this.#snapshots.extractedOf(source);
        if (extracted === undefined) {
          const message = `The snapshot of ${source.uri} in ${runId} is damaged or gone: this run cannot be repeated.`;
          throw new EvidenceError("store_failed", message);
        }
        const textSha256 = hash(new TextEncoder().encode(extracted.text));
        if (textSha256 === source.textSha256) return source;
        const now = { ...source, textSha256, chars: extracted.text.length, truncated: extracted.truncated };
        changed.push(now);
        return now;
      }),
    );
    await this.#records.update(this.#key, (now) => (now === undefined ? { ...other, sources } : undefined));
    return changed;
  }

  /** The pages that the run wanted to read and could not. */
  async unread(): Promise<Unread[]> {
    const { sources = [], unread = [] } = (await this.#records.get(this.#key))?.value ?? {};
    // Some were read later.
    return unread.filter(({ uri }) => sources.every((source) => source.uri !== uri));
  }

  /** A source by its id. @throws EvidenceError `unknown_source` */
  async get(id: string): Promise<Source> {
    const found = (await this.list()).find((source) => source.id === id);
    if (!found) throw new EvidenceError("unknown_source", `There is no source ${id} in this run: read it first.`);
    return found;
  }

  /** All sources of the run, `S1` first. */
  async list(): Promise<Source[]> {
    return (await this.#records.get(this.#key))?.value.sources ?? [];
  }

  /** The text of a source. @throws EvidenceError `unknown_source`, `store_failed` if it is damaged or gone */
  async text(id: string): Promise<string> {
    const source = await this.get(id);
    const known = this.#texts.get(source.textSha256);
    if (known !== undefined) return known;
    const text = await this.#snapshots.text(source);
    if (text === undefined) {
      throw new EvidenceError(
        "store_failed",
        `The stored text of ${id} is not the one that was read: read the sources in a new run.`,
      );
    }
    this.#texts.set(source.textSha256, text);
    return text;
  }

  /** The bytes of a source as they were read. @throws EvidenceError `unknown_source`, `store_failed` */
  async bytes(id: string): Promise<Uint8Array> {
    const source = await this.get(id);
    const bytes = await this.#snapshots.bytes(source.sha256);
    if (!bytes || hash(bytes) !== source.sha256) {
      throw new EvidenceError(
        "store_failed",
        `The stored bytes of ${id} are not those that were read: read the sources in a new run.`,
      );
    }
    return bytes;
  }

  /** What a draft is checked against: all sources of the run with their texts. */
  async texts(): Promise<SourceText[]> {
    const sources = await this.list();
    return await Promise.all(
      sources.map(async ({ id, title, uri, language }) => ({ id, title, uri, language, text: await this.text(id) })),
    );
  }

  /** The pages that could not be read, as a check wants them: a draft may cite them by their addresses. */
  async unreachable(): Promise<SourceText[]> {
    const pages = await this.unread();
    return pages.map(({ uri, message }) => ({ id: uri, title: uri, uri, text: "", unreachable: message }));
  }

  /** The passages of the run's sources that answer a query best, by BM25 over stems. */
  async search(query: string, limit: number): Promise<FoundPassage[]> {
    const sources = await this.list();
    const version = sources.map((source) => source.id + source.textSha256).join();
    if (this.#index?.version !== version) this.#index = { version, passages: new PassageIndex(await this.texts()) };
    return this.#index.passages.search(query, limit);
  }

  /** What the run has found out so far, `C1` first, each claim with the words of its sources. */
  async claims(): Promise<RecordedClaim[]> {
    return await this.#claims.list();
  }

  /**
   * Keeps claims with the words of the sources that bear them out, all or none. The same statement on the same sources is kept once.
   * @returns them as they are kept, in the order given
   * @throws EvidenceError `quote_not_found` for words that a source does not have, `unknown_source`, `too_large` when the run is full
   */
  async recordClaims(claims: readonly NewClaim[]): Promise<RecordedClaim[]> {
    return await this.#claims.record(claims);
  }

  get #key(): string {
    return `${this.#options.agentId}.${this.#options.runId}`;
  }

  async #read(uri: string): Promise<Source> {
    const known = (await this.list()).find((source) => source.uri === uri);
    if (known) return known;
    const { source, title, page } = await this.#origins.get(uri);
    const { sha256, extracted } = await this.#snapshots.take(source);
    const textSha256 = hash(new TextEncoder().encode(extracted.text));
    this.#texts.set(textSha256, extracted.text);
    const read = {
      uri,
      title: title ?? extracted.title ?? titleOf(uri),
      author: extracted.author,
      date: extracted.date,
      language: extracted.language,
      sha256,
      mediaType: source.mediaType,
      bytes: source.bytes.length,
      fetchedAt: new Date().toISOString(),
      textSha256,
      chars: extracted.text.length,
      truncated: extracted.truncated,
      note: extracted.note,
    };
    const record = page === undefined ? read : { ...read, ...(await this.#pagePart(read, page)) };
    // Whoever writes first names the source; the others take that name.
    const index = await this.#records.update(this.#key, (now) => {
      const sources = now?.sources ?? [];
      if (sources.some((other) => other.uri === uri)) return undefined;
      const next = [...sources, { id: `S${sources.length + 1}`, ...record }];
      if (Buffer.byteLength(JSON.stringify(next)) > MOST_BYTES) throw full(sources.length);
      return { ...now, sources: next };
    });
    const kept = index?.sources.find((other) => other.uri === uri);
    if (!kept) throw new EvidenceError("store_failed", `${uri} was read but not kept: try again.`);
    return kept;
  }

  /** Extracts a source's text ahead of its turn. */
  async #prepare(file: Given): Promise<void> {
    if ((await this.list()).some((source) => source.uri === file.uri)) return;
    await this.#snapshots.take(await this.#origins.bytesOf(file));
  }

  async #pagePart(read: Omit<Source, "id">, page: FetchedPage): Promise<Partial<Source>> {
    const { runId } = this.#options;
    const changedSince = await this.#addresses.changeOf(read, { runId, snapshots: this.#snapshots });
    return { finalUri: page.finalUri === read.uri ? undefined : page.finalUri, headers: page.headers, changedSince };
  }

  async #keepUnread(page: Unread): Promise<void> {
    const message = page.message.slice(0, LONGEST_MESSAGE);
    await this.#records.update(this.#key, (now) => ({
      ...now,
      sources: now?.sources ?? [],
      unread: [...(now?.unread ?? []).filter(({ uri }) => uri !== page.uri), { ...page, message }].slice(-MOST_UNREAD),
    }));
  }
}

function full(count: number): EvidenceError {
  const text = `This run has read ${count} sources and can keep no more: write with them, or go on in a new run.`;
  return new EvidenceError("too_large", text);
}
