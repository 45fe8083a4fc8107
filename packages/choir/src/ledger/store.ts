import { ChoirError } from "../errors.js";
import { Audit, type AuditReport } from "./audit.js";
import { DEFAULT_ECONOMY, type Economy } from "./config.js";
import type { Fact } from "./facts.js";
import { type Account, LedgerFile } from "./file.js";
import type { ArticleOutcome } from "./outcome.js";
import { type Posting, postingJson } from "./posting.js";
import { Replay } from "./replay.js";
import type { Funding } from "./rules.js";
import { sum } from "./shares.js";
import { readPosting, type StoredPosting, type WrittenPosting, written } from "./stream.js";

/**
 * The ledger's rules and its file, synchronous: what the worker thread runs, one method a call. Everything in and out can
 * be cloned from thread to thread.
 */
export class LedgerStore {
  #file: LedgerFile | undefined;
  #replay = new Replay();
  #audit: Audit | undefined;

  open(path: string): void {
    this.close();
    this.#file = LedgerFile.open(path);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Begins again in front of the first posting. */
  restart(): void {
    this.#replay = new Replay();
  }

  /**
   * The next postings of the stream: rules and file are as they were when these were written. A file that belongs to
   * another stream is emptied, and has to be filled from the first one on.
   * @throws ChoirError `ledger_differs` for a posting that the rules do not give
   */
  follow(batch: readonly StoredPosting[]): "followed" | "other_stream" {
    const read = readAll(batch);
    if (typeof read === "string") throw new ChoirError("ledger_differs", read);
    const position = this.#opened.position;
    const known = read.find(({ seq }) => seq === position);
    if (known && this.#opened.posting(position) !== postingJson(known.posting)) {
      this.#opened.clear();
      return "other_stream";
    }
    for (const { posting } of read) {
      const difference = this.#replay.follow(posting);
      if (difference !== undefined) throw new ChoirError("ledger_differs", difference);
    }
    this.#opened.add(read);
    return "followed";
  }

  /** When the whole stream, up to `end`, was followed: false if the file has more than that, and was emptied. */
  endsAt(end: number): boolean {
    if (this.#opened.position <= end) return true;
    this.#opened.clear();
    return false;
  }

  /** Without numbers, those that hold go on. */
  offerEconomy(economy: Economy | undefined, at: number): void {
    this.#replay.offerEconomy(economy ?? this.#replay.rules?.economy ?? DEFAULT_ECONOMY, at);
  }

  offerFacts(facts: readonly Fact[]): void {
    for (const fact of facts) this.#replay.offerFact(fact);
  }

  offerTime(until: number): void {
    this.#replay.offerTime(until);
  }

  /** Says whether it is new. @throws ChoirError `invalid_funding` */
  offerFunding(funding: Funding, at: number): boolean {
    return this.#replay.offerFunding(funding, at);
  }

  /** What is to be written next. */
  outstanding(limit: number): WrittenPosting[] {
    return this.#replay.outstanding.slice(0, limit).map(written);
  }

  nextDue(): number | undefined {
    return this.#replay.rules?.nextDue;
  }

  economy(): Economy | undefined {
    return this.#replay.rules?.economy;
  }

  /** Keys of authors that begin with these characters, three at most. */
  authors(prefix: string): string[] {
    return this.#opened.authors(prefix);
  }

  /** What became of an article when it was posted: its stake, in CHIP, and the novelty reward that it has pending. */
  article(id: string): ArticleOutcome | undefined {
    const [novelty] = this.#postings(`novelty:${id}@`, `novelty:${id}A`);
    if (!novelty) return undefined;
    const [stake] = this.#postings(`stake:${id}`, `stake:${id}~`);
    return { staked: received(stake), rewarded: received(novelty), note: novelty.note };
  }

  accounts(author?: string): Account[] {
    return this.#opened.accounts(author);
  }

  history(o: { author?: string; before: number; limit: number }): { seq: number; posting: Posting }[] {
    return this.#opened.history(o).map(({ seq, posting }) => {
      return { seq, posting: readPosting({ seq, payload: JSON.parse(posting) }) };
    });
  }

  beginAudit(): void {
    this.#audit = new Audit(this.#opened);
  }

  auditPostings(batch: readonly StoredPosting[]): void {
    const read = readAll(batch);
    if (typeof read === "string") this.#audit?.differ(read);
    else this.#audit?.postings(read);
  }

  auditFacts(batch: readonly Fact[]): void {
    this.#audit?.facts(batch);
  }

  endAudit(): AuditReport {
    const report = this.#audit?.end();
    this.#audit = undefined;
    if (!report)
      throw new ChoirError("closed", "The ledger was closed in the middle of its verification: verify again.");
    return report;
  }

  #postings(from: string, to: string): Posting[] {
    return this.#opened.between(from, to).map((json) => readPosting({ seq: 0, payload: JSON.parse(json) }));
  }

  get #opened(): LedgerFile {
    if (this.#file) return this.#file;
    throw new ChoirError("closed", "The ledger is closed: open it again.");
  }
}

/** The postings, or what is wrong with the first one that is none, in a sentence. */
function readAll(batch: readonly StoredPosting[]): { seq: number; posting: Posting }[] | string {
  try {
    return batch.map((stored) => ({ seq: stored.seq, posting: readPosting(stored) }));
  } catch (error) {
    if (error instanceof ChoirError && error.code === "bad_posting") return error.message;
    throw error;
  }
}

function received(posting: Posting | undefined): bigint {
  return sum((posting?.entries ?? []).map(({ amount }) => (amount > 0n ? amount : 0n)));
}
