import { join } from "node:path";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { BackboneError } from "../errors.js";
import { ensureStream } from "../link/ensure-stream.js";
import type { Link } from "../link/link.js";
import { readStream } from "../link/read-stream.js";
import { Records } from "../records.js";
import { decryptText } from "../sealing/encrypted-text.js";
import { Anchor, type AuditSigner } from "./anchor.js";
import { ANCHORS, Anchors } from "./anchors.js";
import { Chain } from "./chain.js";
import type { Head } from "./chain-end.js";
import { ChainWriter } from "./chain-writer.js";
import { DataKeys } from "./data-keys.js";
import { type ExportSeal, signSeal } from "./export-seal.js";
import { type ChainRecord, chainName, parseRecord, RecordContent, type StoredEntry } from "./record.js";
import { type ChainMessage, type ChainReport, type StreamReach, verifyChain } from "./verify-chain.js";

const STREAM = "VIBEWRITER_AUDIT";
const SUBJECT = "vibewriter.audit";
/** Of the whole stream; beyond it the oldest records go. */
const MOST_RECORDS = 2_000_000;
/** How long the end waits for what is still to be stored. */
const FLUSH_MS = 5_000;

export interface AuditTrailOptions {
  /** Has the keys of the contents and the anchors of this host. */
  readonly folder: string;
  /** Names this host among those that write. */
  readonly host: string;
  readonly signer: AuditSigner;
  /** Told when entries were lost: how many, because NATS did not take them in time. */
  readonly onLoss?: (lost: number) => void;
  /** Told of an anchor that could not be kept; it is tried again with the next one. */
  readonly onFailure?: (error: unknown) => void;
}

/** A record as it is stored, with what is in it where this host has the key. */
export interface OpenedRecord {
  /** Whose subject it is on, as the chain is named. */
  readonly agent: string;
  /** The sequence in the stream. */
  readonly position: number;
  readonly text: string;
  /** Absent for what was written before there was a chain. */
  readonly record?: ChainRecord;
  /** Absent where the key is not here, or was destroyed. */
  readonly content?: string;
  readonly entries: readonly StoredEntry[];
}

/**
 * What agents did and asked for: stream VIBEWRITER_AUDIT, on one subject `vibewriter.audit.<agent>` a hash chain of records with encrypted
 * contents, with no limit of age and at most two million records. Writing never waits and never fails; what NATS does not take in time is lost,
 * counted, and said in the next record.
 */
export class AuditTrail implements AsyncDisposable {
  readonly #link: Link;
  readonly #o: AuditTrailOptions;
  readonly #anchors: Anchors;
  readonly #keys: DataKeys;
  readonly #chains = new Map<string, Chain>();
  #isClosed = false;

  private constructor(link: Link, o: AuditTrailOptions, anchors: Anchors, keys: DataKeys) {
    this.#link = link;
    this.#o = o;
    this.#anchors = anchors;
    this.#keys = keys;
  }

  /** Makes its stream and its bucket, for those who may only write there. */
  static async prepare(link: Link): Promise<Records<Anchor>> {
    await ensureStream(link, {
      name: STREAM,
      subjects: [`${SUBJECT}.*`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs: MOST_RECORDS,
      // Bytes would be set aside before there is anything to keep, also where a home or a tenant has not so many.
      max_bytes: -1,
      discard: DiscardPolicy.Old,
      deny_delete: true,
      deny_purge: true,
      allow_direct: true,
    });
    return await Records.open(link, ANCHORS, Anchor);
  }

  static async open(link: Link, o: AuditTrailOptions): Promise<AuditTrail> {
    const records = await AuditTrail.prepare(link);
    const anchors = new Anchors({ path: join(o.folder, "anchors.jsonl"), records, signer: o.signer, host: o.host });
    return new AuditTrail(link, o, anchors, new DataKeys(join(o.folder, "keys"), link.secrets));
  }

  /** PEM of the key that the ends of chains are signed with here. */
  get publicKey(): string {
    return this.#anchors.signer.publicKey;
  }

  /** Signs an export that this process has written. @returns base64url */
  signExport(seal: ExportSeal): string {
    return signSeal(seal, this.#anchors.signer);
  }

  /** Records something of an agent, as soon as there is time. It is taken as it is now. */
  record(agent: string, entry: object): void {
    if (this.#isClosed) {
      this.#o.onLoss?.(1);
      return;
    }
    this.#chain(agent).writer.push(JSON.stringify({ at: new Date().toISOString(), ...entry }));
  }

  /** Returns when all that was recorded of an agent is stored. @throws BackboneError `unavailable` if some of it is not */
  async written(agent: string): Promise<void> {
    await this.#chains.get(chainName(agent))?.writer.written();
  }

  /** Signs the end of the chain of an agent, as this process has written it, and keeps it outside of the chain. Never throws: it is tried again. */
  async anchor(agent: string): Promise<void> {
    await this.#chains
      .get(chainName(agent))
      ?.anchor()
      .catch((error: unknown) => this.#o.onFailure?.(error));
  }

  /** The records of an agent, or of all, in the order in which they were stored. */
  async *read(
    o: { agent?: string; live?: boolean; signal?: AbortSignal } = {},
  ): AsyncGenerator<OpenedRecord, void, undefined> {
    const subjects = [`${SUBJECT}.${o.agent === undefined ? "*" : chainName(o.agent)}`];
    const reading = { stream: STREAM, subjects, from: 1, live: o.live ?? false, signal: o.signal };
    for await (const message of readStream(this.#link, reading)) {
      const agent = message.subject.slice(SUBJECT.length + 1);
      yield await this.#opened(agent, message.seq, message.string());
    }
  }

  /** Whose chains there are, as they are named in them. */
  async agents(): Promise<string[]> {
    const subjects = await this.#link.patiently("list the audit", async () => {
      const info = await this.#link.jsm.streams.info(STREAM, { subjects_filter: `${SUBJECT}.*` });
      return Object.keys(info.state.subjects ?? {});
    });
    const anchored = (await this.#anchors.all()).map(({ agent }) => agent);
    return [...new Set([...subjects.map((subject) => subject.slice(SUBJECT.length + 1)), ...anchored])].sort();
  }

  /** Everything that vouches for the ends of chains. */
  anchors(): Promise<Anchor[]> {
    return this.#anchors.all();
  }

  /** What vouches for the ends of chains in this home, as the file `anchors.jsonl` has it; no secret. */
  anchorFile(): Promise<string> {
    return this.#anchors.text();
  }

  /** What the contents are read with here: the files in `keys/`, one an agent. Of an agent that was forgotten there is none. */
  keyFiles(): Promise<{ name: string; content: string }[]> {
    return this.#keys.files();
  }

  /** How far back the stream reaches. */
  async reach(): Promise<StreamReach> {
    const { state } = await this.#link.patiently("look at the audit", () => this.#link.jsm.streams.info(STREAM));
    return { isFull: state.messages >= MOST_RECORDS, since: state.first_ts };
  }

  /** Verifies the chains of these agents; default: of all. @throws BackboneError `not_found` for one that has none */
  async verify(agents?: readonly string[]): Promise<ChainReport[]> {
    const known = await this.agents();
    const stranger = agents?.find((agent) => !known.includes(chainName(agent)));
    if (stranger !== undefined) {
      const text = `There is no audit of ${stranger}; there is one of ${known.join(", ") || "nobody"}.`;
      throw new BackboneError("not_found", text);
    }
    const anchors = await this.#anchors.all();
    const reach = await this.reach();
    const reports: ChainReport[] = [];
    for (const agent of (agents ?? known).map(chainName)) {
      reports.push(await verifyChain(this.#messages(agent), { agent, anchors, ...reach }));
    }
    return reports;
  }

  /** Destroys what this host can read the contents of an agent's records with; the chain stays. @returns whether there was something */
  async forget(agent: string): Promise<boolean> {
    await this.written(agent).catch(() => undefined); // What is lost need not be forgotten.
    return await this.#keys.destroy(agent);
  }

  /** Waits a little for what is still to be stored, and anchors it; the rest is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FLUSH_MS);
    });
    const chains = [...this.#chains.values()];
    const ended = chains.map(async (chain) => {
      await chain.writer.written().catch(() => undefined); // It is counted below.
      await chain.anchor().catch((error: unknown) => this.#o.onFailure?.(error));
    });
    await Promise.race([Promise.all(ended), late]);
    clearTimeout(timer);
    for (const chain of chains) chain[Symbol.dispose]();
    const lost = chains.reduce((sum, { writer }) => sum + writer.abandon(), 0);
    if (lost > 0) this.#o.onLoss?.(lost);
  }

  async *#messages(agent: string): AsyncGenerator<ChainMessage> {
    for await (const { position, text, content } of this.read({ agent })) yield { position, text, content };
  }

  async #opened(agent: string, position: number, text: string): Promise<OpenedRecord> {
    const record = parseRecord(text);
    if (record === undefined) return { agent, position, text, entries: [] };
    const key = await this.#keys.find(agent);
    const content = key?.id === record.key ? decryptText(record.sealed, key.bytes, agent) : undefined;
    if (content === undefined) return { agent, position, text, record, entries: [] };
    return { agent, position, text, record, content, entries: entriesIn(content) };
  }

  /** What this home knows of a chain of which nothing is on the stream. */
  async #anchored(name: string): Promise<Head | undefined> {
    try {
      return await this.#anchors.last(name);
    } catch (error) {
      // Whoever verifies hears of it, too; what agents do is recorded all the same.
      this.#o.onFailure?.(error);
      return undefined;
    }
  }

  #chain(agent: string): Chain {
    const name = chainName(agent);
    const known = this.#chains.get(name);
    if (known !== undefined) return known;
    const chain: Chain = new Chain({
      keep: (head) => this.#anchors.add(name, head),
      onFailure: (error) => this.#o.onFailure?.(error),
      writer: new ChainWriter({
        ...{ link: this.#link, stream: STREAM, subject: `${SUBJECT}.${name}`, agent: name, host: this.#o.host },
        keys: this.#keys,
        anchored: () => this.#anchored(name),
        onLoss: (lost) => this.#o.onLoss?.(lost),
        onStored: (head) => chain.stored(head),
      }),
    });
    this.#chains.set(name, chain);
    return chain;
  }
}

function entriesIn(content: string): readonly StoredEntry[] {
  try {
    return RecordContent.safeParse(JSON.parse(content)).data?.entries ?? [];
  } catch {
    return []; // Whoever verifies the chain says that it is not what was written.
  }
}
