import type { Backbone, EffectStream } from "@vibewriter/backbone";
import { InTurn } from "@vibewriter/backbone";
import { ChoirError } from "../errors.js";
import type { AuditReport } from "./audit.js";
import { Bookkeeper, batches, type FactSource } from "./bookkeeper.js";
import { DEFAULT_ECONOMY, type Economy } from "./config.js";
import type { Account } from "./file.js";
import type { ArticleOutcome } from "./outcome.js";
import type { Posting } from "./posting.js";
import type { Funding } from "./rules.js";
import { openLedgerStream } from "./stream.js";
import { LedgerThread } from "./thread.js";

export interface LedgerOptions {
  backbone: Pick<Backbone, "effects">;
  choir: FactSource & { readonly isShared: boolean };
  /** The SQLite file. It is made from the stream whenever it is not there, and one process at a time can have it. */
  path: string;
  /** The numbers of the economy; default: those that the ledger has, for a new one the usual ones. */
  economy?: Economy;
  /** Milliseconds since 1970; default: this machine's clock. */
  now?: () => number;
  onEvent?: (event: LedgerEvent) => void;
}

/** What happens to the ledger, for logs. */
export type LedgerEvent = { type: "ledger_failed"; code: string; message: string };

/** A posting with its place in the ledger. */
export interface PlacedPosting {
  seq: number;
  posting: Posting;
}

/** Longest time until it is looked whether something is due: a clock may be set. */
const LOOK_MS = 10 * 60_000;
const AGAIN_MS = 5_000;

/**
 * Who earned what: double entry in CHIP and USDC, derived by rules from the stream of effects and from time, written into a
 * stream of its own and read from a SQLite file that is made from that. It keeps itself up to date until it is closed.
 */
export class Ledger implements AsyncDisposable {
  readonly #stream: EffectStream;
  readonly #thread: LedgerThread;
  readonly #source: FactSource;
  readonly #bookkeeper: Bookkeeper;
  readonly #onEvent: LedgerOptions["onEvent"];
  readonly #now: () => number;
  readonly #listening: Disposable;
  readonly #turn = new InTurn();
  #timer: NodeJS.Timeout | undefined;
  #queued = false;
  #remade = false;
  #closed = false;
  #failure: ChoirError | undefined;

  private constructor(o: LedgerOptions, stream: EffectStream, thread: LedgerThread) {
    const { choir: source, economy, now = Date.now } = o;
    this.#stream = stream;
    this.#thread = thread;
    this.#source = source;
    this.#now = now;
    this.#onEvent = o.onEvent;
    this.#bookkeeper = new Bookkeeper({ stream, thread, source, economy, now });
    this.#listening = source.onChange(({ remade }) => {
      this.#remade ||= remade;
      this.#wake();
    });
    this.#wake();
  }

  /**
   * Returns as soon as the file is open; what there is to be posted is posted behind that.
   * @throws ChoirError `ledger_elsewhere` if the knowledge base is shared with tenants, `in_use`, `index_failed`
   */
  static async open(o: LedgerOptions): Promise<Ledger> {
    if (o.choir.isShared) {
      throw new ChoirError(
        "ledger_elsewhere",
        "This home shares its knowledge base with tenants, and a shared one has no ledger yet: to stake and to earn, publish in a home without tenants.",
      );
    }
    const thread = new LedgerThread();
    try {
      await thread.call("open", o.path);
      return new Ledger(o, await openLedgerStream(o.backbone), thread);
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Returns when everything that the knowledge base has accepted by now, and what is due by now, is posted.
   * @throws ChoirError `ledger_differs` if the stream has a posting that the rules do not give: nothing is posted any more
   */
  async settled(): Promise<void> {
    await this.#inTurn(() => this.#work());
    if (this.#failure) throw this.#failure;
  }

  /**
   * The key of an author of whom the ledger knows.
   * @param keyOrPrefix at least four characters of it
   * @throws ChoirError `unknown_author`, `ambiguous_id`
   */
  async author(keyOrPrefix: string): Promise<string> {
    await this.settled();
    const [only, ...others] = keyOrPrefix.length < 4 ? [] : await this.#thread.call("authors", keyOrPrefix);
    if (only !== undefined && others.length === 0) return only;
    const shown = JSON.stringify(keyOrPrefix.slice(0, 60));
    throw only === undefined
      ? new ChoirError("unknown_author", `The ledger has no author ${shown}: name a key as ledger balance shows them.`)
      : new ChoirError("ambiguous_id", `${shown} begins several authors' keys: write more of it.`);
  }

  /**
   * What became of an article when it was posted, in smallest units of CHIP: its stake, and the novelty reward that is pending
   * since then. `note` says why there is none. Undefined for an article that is unsigned or unknown.
   */
  async article(id: string): Promise<ArticleOutcome | undefined> {
    await this.settled();
    return await this.#thread.call("article", id);
  }

  /** Accounts that are not empty, all or one author's. */
  async accounts(author?: string): Promise<Account[]> {
    await this.settled();
    return await this.#thread.call("accounts", author);
  }

  /** Postings, the newest first: all or those about one author; `before` is the `seq` of the last one of the page before. */
  async history(o: { author?: string; before?: number; limit: number }): Promise<PlacedPosting[]> {
    await this.settled();
    return await this.#thread.call("history", { before: Number.MAX_SAFE_INTEGER, ...o });
  }

  /**
   * A sponsor pays into the budget of a month, once for each reference; false: that one had been counted before, and nothing was added.
   * @throws ChoirError `invalid_funding`, `ledger_differs`
   */
  async fund(funding: Funding): Promise<boolean> {
    await this.settled();
    return await this.#inTurn(() => this.#bookkeeper.fund(funding));
  }

  /** The numbers that hold now. */
  async economy(): Promise<Economy> {
    await this.settled();
    return (await this.#thread.call("economy")) ?? DEFAULT_ECONOMY;
  }

  /**
   * Derives every posting again from the streams and every balance from the postings, and names the first difference. Also for
   * a ledger that has one.
   */
  async verify(): Promise<AuditReport> {
    await this.#source.caughtUp();
    await this.settled().catch((error: unknown) => {
      if (!(error instanceof ChoirError && error.code === "ledger_differs")) throw error;
    });
    return await this.#inTurn(async () => {
      await this.#thread.call("beginAudit");
      for await (const batch of batches(this.#stream, 1)) await this.#thread.call("auditPostings", batch);
      for (let after = 0; ; ) {
        const facts = await this.#source.facts(after, 200);
        await this.#thread.call("auditFacts", facts);
        after = facts.at(-1)?.seq ?? after;
        if (facts.length === 0) return await this.#thread.call("endAudit");
      }
    });
  }

  /** Ends after the posting under way and closes the file; backbone and knowledge base stay open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#listening[Symbol.dispose]();
    clearTimeout(this.#timer);
    await this.#turn.idle();
    await this.#thread[Symbol.asyncDispose]();
  }

  /** Has the ledger worked on soon; any number of calls until then are one. */
  #wake(): void {
    if (this.#queued || this.#closed) return;
    this.#queued = true;
    void this.#inTurn(async () => {
      this.#queued = false;
      if (!this.#closed) await this.#work();
    }).catch(() => undefined); // Told by #work.
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer);
    let wait = AGAIN_MS;
    if (this.#remade) this.#bookkeeper.reread();
    this.#remade = false;
    try {
      await this.#bookkeeper.work();
      this.#failure = undefined;
      const next = (await this.#thread.call("nextDue")) ?? Number.POSITIVE_INFINITY;
      wait = Math.max(100, Math.min(LOOK_MS, next - this.#now()));
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      if (!this.#closed && this.#failure?.code !== "ledger_differs") {
        this.#timer = setTimeout(() => this.#wake(), wait).unref();
      }
    }
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof ChoirError ? error.code : "index_failed";
    if (error instanceof ChoirError) this.#failure = error;
    this.#onEvent?.({ type: "ledger_failed", code, message });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new ChoirError("closed", "The ledger is closed: open it again."));
    return this.#turn.do(work);
  }
}
