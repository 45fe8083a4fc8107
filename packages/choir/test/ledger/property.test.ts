import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { Book } from "../../src/ledger/book.js";
import { DEFAULT_ECONOMY } from "../../src/ledger/config.js";
import type { Fact } from "../../src/ledger/facts.js";
import { monthOf } from "../../src/ledger/months.js";
import type { Posting } from "../../src/ledger/posting.js";
import { Replay } from "../../src/ledger/replay.js";
import { BEGIN, chip, cited, DAY, published, retracted, usdc } from "./support.js";

vi.setConfig({ testTimeout: 120_000 });

type Operation =
  | { type: "publish"; author: number; score: number; lexical: boolean }
  | { type: "cite"; citing: number; cited: number }
  | { type: "retract"; article: number }
  | { type: "fund"; cents: number; ahead: number }
  | { type: "wait"; days: number }
  | { type: "again"; back: number }
  | { type: "crash"; after: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 60, arbitrary: publishing() },
  { weight: 80, arbitrary: fc.record({ type: fc.constant("cite" as const), citing: fc.nat(60), cited: fc.nat(60) }) },
  { weight: 10, arbitrary: fc.record({ type: fc.constant("retract" as const), article: fc.nat(60) }) },
  { weight: 10, arbitrary: fc.record({ type: fc.constant("fund" as const), cents: fc.nat(9_999), ahead: fc.nat(2) }) },
  { weight: 40, arbitrary: fc.record({ type: fc.constant("wait" as const), days: fc.nat(20) }) },
  { weight: 20, arbitrary: fc.record({ type: fc.constant("again" as const), back: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("crash" as const), after: fc.nat(3) }) },
);

function publishing() {
  return fc.record({
    type: fc.constant("publish" as const),
    author: fc.nat(8),
    score: fc.integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 10),
    lexical: fc.boolean(),
  });
}

/** A bookkeeper without a stream and without threads: it can be killed between any two postings. */
class Bookkeeper {
  /** The stream: it takes each key once. */
  readonly ledger: Posting[] = [];
  readonly facts: Fact[] = [];
  readonly #keys = new Set<string>();
  #replay = new Replay();
  #now = BEGIN;
  #articles = 0;
  #dieAfter: number | undefined;

  constructor() {
    this.#replay.offerEconomy(DEFAULT_ECONOMY, BEGIN);
    this.#write();
  }

  do(o: Operation): void {
    const seq = this.facts.length + 1;
    // Time passes, and some effects come late or with a clock that was set back.
    this.#now += 7_000_001;
    const time = this.#now - (seq % 5 === 0 ? DAY : 0);
    if (o.type === "publish") {
      const mode = o.lexical ? "lexical" : undefined;
      const fact = { n: ++this.#articles, author: `author-${o.author}`, score: o.score, time, mode } as const;
      this.#offer(published(seq, fact));
    } else if (o.type === "cite") this.#offer(cited(seq, o.citing + 1, o.cited + 1, time));
    else if (o.type === "retract") this.#offer(retracted(seq, o.article + 1, time));
    else if (o.type === "fund") this.#fund(o.cents, o.ahead);
    else if (o.type === "wait") this.#now += o.days * DAY;
    else if (o.type === "again") for (const fact of this.facts.slice(-o.back).reverse()) this.#replay.offerFact(fact);
    else this.#dieAfter = o.after;
    this.#replay.offerTime(this.#now);
    this.#write();
  }

  get accounts() {
    return this.#replay.rules?.book.accounts() ?? [];
  }

  #offer(fact: Fact): void {
    this.facts.push(fact);
    this.#replay.offerFact(fact);
  }

  #fund(cents: number, ahead: number): void {
    const month = monthOf(this.#now + ahead * 31 * DAY);
    const amount = usdc((cents / 100 + 0.01).toFixed(2));
    this.#replay.offerFunding({ sponsor: "op", month, amount, reference: `${month}-${cents}` }, this.#now);
  }

  #write(): void {
    while (this.#replay.outstanding[0]) {
      if (this.#dieAfter === 0) this.#startAgain();
      this.#dieAfter = this.#dieAfter && this.#dieAfter - 1;
      const [posting] = this.#replay.outstanding;
      if (!posting) return;
      if (this.#keys.has(posting.key)) throw new Error(`posted twice: ${posting.key}`);
      this.#keys.add(posting.key);
      this.ledger.push(posting);
      mustFollow(this.#replay, posting);
    }
  }

  /** After a crash: all that is known is the ledger and the facts. */
  #startAgain(): void {
    this.#dieAfter = undefined;
    this.#replay = replayOf(this.ledger);
    for (const fact of this.facts) this.#replay.offerFact(fact);
  }
}

function replayOf(ledger: readonly Posting[]): Replay {
  const replay = new Replay();
  for (const posting of ledger) mustFollow(replay, posting);
  return replay;
}

/** Not `expect`, which a million calls would wait for. */
function mustFollow(replay: Replay, posting: Posting): void {
  const difference = replay.follow(posting);
  if (difference !== undefined) throw new Error(difference);
}

test("100,000 random operations with retries, reordering, duplicates and crashes: sums are conserved, nothing is negative, replay gives the same", () => {
  const runs = fc.array(operation, { minLength: 500, maxLength: 500, size: "max" });
  let kinds = new Set<string>();
  fc.assert(
    fc.property(runs, (operations) => {
      const keeper = new Bookkeeper();
      for (const one of operations) keeper.do(one);
      const { accounts, ledger } = keeper;
      kinds = new Set([...kinds, ...ledger.map(({ kind }) => kind)]);
      for (const currency of ["CHIP", "USDC"] as const) {
        const of = accounts.filter((account) => account.currency === currency);
        expect(of.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
        const inside = of.filter(({ account }) => !/^(issuance|sponsor:)/.test(account));
        expect(inside.every(({ amount }) => amount > 0n)).toBe(true);
        if (currency === "CHIP") expect(inside.reduce((sum, { amount }) => sum + amount, 0n)).toBe(chip("100000000"));
      }
      expect(replayOf(ledger).rules?.book.accounts()).toEqual(accounts);
      const book = new Book();
      // Every posting is delivered twice.
      for (const posting of ledger) {
        if (!book.post(posting) || book.post({ ...posting })) throw new Error(`applied twice or never: ${posting.key}`);
      }
      expect(book.accounts()).toEqual(accounts);
    }),
    {
      numRuns: 200,
      seed: Number(process.env.VIBEWRITER_FUZZ_SEED ?? 5),
      endOnFailure: true,
    },
  );
  // The operations reach every rule, or they would prove nothing.
  expect([...kinds].sort()).toEqual(
    [
      "citation",
      "cited",
      "clawback",
      "close",
      "fund",
      "genesis",
      "grant",
      "novelty",
      "refund",
      "release",
      "retracted",
      "stake",
      "vest",
    ].sort(),
  );
});

test("a ledger of which one posting was changed, left out, doubled or swapped is noticed at that posting", () => {
  const keeper = new Bookkeeper();
  fc.assert(
    fc.property(operation, (one) => keeper.do(one)),
    { numRuns: 400, seed: 7 },
  );
  const { ledger } = keeper;
  const firstDifference = (postings: readonly Posting[]) => {
    const replay = new Replay();
    return postings.findIndex((posting) => replay.follow(posting) !== undefined);
  };
  expect(firstDifference(ledger)).toBe(-1);
  expect(ledger.length).toBeGreaterThan(200);
  for (let i = 1; i < ledger.length - 1; i += 17) {
    const [posting, next] = [ledger[i] as Posting, ledger[i + 1] as Posting];
    // When a sponsor paid is for the operator to say.
    if (posting.kind === "fund") continue;
    const changed = { ...posting, at: new Date(Date.parse(posting.at) + 1).toISOString() };
    expect(firstDifference(ledger.with(i, changed))).toBe(i);
    expect(firstDifference(ledger.toSpliced(i, 1, posting, posting))).toBe(i + 1);
    // What follows from one cause has one order.
    if (isDeepStrictEqual(posting.cause, next.cause) && posting.at === next.at) {
      expect(firstDifference(ledger.with(i, next).with(i + 1, posting))).toBe(i);
    }
  }
});
