import { chipReward } from "../../src/ledger/chip-reward.js";
import { DEFAULT_ECONOMY } from "../../src/ledger/config.js";
import { formatAmount, parseAmount } from "../../src/ledger/money.js";
import type { Rules } from "../../src/ledger/rules.js";
import { payByWeight, shareOut } from "../../src/ledger/shares.js";
import { BEGIN, begun, chip, cited, DAY, idOf, keyOf, published, retracted, usdc } from "./support.js";

describe("money", () => {
  it.each([
    ["100000000", "CHIP", 10n ** 26n, "100000000"],
    ["0.000000000000000001", "CHIP", 1n, "0.000000000000000001"],
    ["4.5", "USDC", 4_500_000n, "4.50"],
    [" 25 ", "USDC", 25_000_000n, "25.00"],
  ] as const)("reads %s %s exactly, and writes it", (text, currency, units, written) => {
    expect(parseAmount(text, currency)).toBe(units);
    expect(formatAmount(units, currency)).toBe(written);
    expect(formatAmount(-units, currency)).toBe(`-${written}`);
  });

  it.each(["", "-1", "1e3", "0.0000001", "1,5", "0x10", "9".repeat(16), "１"])("refuses %j", (text) => {
    expect(() => parseAmount(text, "USDC")).toThrow(expect.objectContaining({ code: "invalid_amount" }));
  });

  it("is divided to the last unit, the largest remainders first and the earlier among equals", () => {
    expect(shareOut(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(shareOut(10n, [0n, 7n, 2n, 1n])).toEqual([0n, 7n, 2n, 1n]);
    expect(shareOut(5n, [2n, 3n, 3n])).toEqual([1n, 2n, 2n]);
    expect(shareOut(5n, [0n, 0n])).toEqual([0n, 0n]);
  });

  it("what heavy claims do not need is not poured over light ones", () => {
    const heavy = Array.from({ length: 9 }, () => ({ weight: 100n, most: 500n }));
    const light = Array.from({ length: 1_000 }, () => ({ weight: 1n, most: 500n }));
    const pays = payByWeight([...heavy, ...light], 40);
    expect(pays.slice(0, 9)).toEqual(heavy.map(() => 500n));
    expect(pays.slice(9)).toEqual(light.map(() => 5n));
  });
});

test("the reward of CHIP for a novelty score", () => {
  expect([0, 19.9, 20, 49.9, 50, 65, 80, 90, 100].map((score) => formatAmount(chipReward(score), "CHIP"))).toEqual([
    "0",
    "0",
    "20",
    "49.9",
    "50",
    "150",
    "250",
    "750",
    "1250",
  ]);
});

/** Two authors, Ada's article cited by Bob's; both are founders. */
function cites(rules: Rules): void {
  rules.apply(published(1, { n: 1, author: "ada", score: 60, time: BEGIN + DAY }));
  rules.apply(published(2, { n: 2, author: "bob", score: 10, time: BEGIN + 2 * DAY }));
  rules.apply(cited(3, 2, 1, BEGIN + 3 * DAY));
}

describe("an author", () => {
  it("gets a grant with the first article that can be staked and nothing else, and the stake back after 30 days", () => {
    const rules = begun();
    const made = rules.apply(published(1, { n: 1, author: "ada", score: 60, time: BEGIN }));
    expect(made.map(({ key }) => key.slice(0, 12))).toEqual(["grant:adaAAA", "stake:000000", "novelty:0000"]);
    expect(rules.book.balance(`granted:${keyOf("ada")}`, "CHIP")).toBe(0n);
    expect(rules.book.balance(`stake:${idOf(1)}`, "CHIP")).toBe(chip("100"));
    rules.due(BEGIN + 30 * DAY - 1);
    expect(rules.book.balance(`stake:${idOf(1)}`, "CHIP")).toBe(chip("100"));
    rules.due(BEGIN + 30 * DAY);
    expect(rules.book.balance(`granted:${keyOf("ada")}`, "CHIP")).toBe(chip("100"));
    expect(rules.book.balance(`author:${keyOf("ada")}`, "CHIP")).toBe(0n);
  });

  it("publishes without a stake when there is nothing left to stake, and earns no CHIP for it", () => {
    const rules = begun();
    rules.apply(published(1, { n: 1, author: "ada", score: 60, time: BEGIN }));
    const made = rules.apply(published(2, { n: 2, author: "ada", score: 60, time: BEGIN + 1 }));
    expect(made.map(({ kind, note, entries }) => ({ kind, note, entries }))).toEqual([
      { kind: "novelty", note: "score 60, but the author had no CHIP left to stake", entries: [] },
    ]);
  });

  it("is paid nothing for a lexical score", () => {
    const rules = begun();
    const made = rules.apply(published(1, { n: 1, author: "ada", score: 99, time: BEGIN, mode: "lexical" }));
    expect(made.at(-1)).toMatchObject({ kind: "novelty", entries: [] });
  });
});

describe("a citation", () => {
  it("is paid from the month's budget, at most 5 USDC, and vests after 30 days", () => {
    const rules = begun();
    rules.fund({ sponsor: "op", month: "2026-01", amount: usdc("8"), reference: "t1" }, BEGIN);
    cites(rules);
    rules.due(Date.UTC(2026, 1, 1));
    const pending = `pending:${idOf(2)}:${idOf(1)}`;
    expect(rules.book.balance(pending, "USDC")).toBe(usdc("5"));
    expect(rules.book.balance("budget:2026-02", "USDC")).toBe(usdc("3"));
    rules.due(Date.UTC(2026, 1, 1) + 30 * DAY);
    expect(rules.book.balance(pending, "USDC")).toBe(0n);
    expect(rules.book.balance(`author:${keyOf("ada")}`, "USDC")).toBe(usdc("5"));
  });

  it.each([1, 2])("is clawed back when article %i falls before it vests", (fallen) => {
    const rules = begun();
    rules.fund({ sponsor: "op", month: "2026-01", amount: usdc("8"), reference: "t1" }, BEGIN);
    cites(rules);
    rules.due(Date.UTC(2026, 1, 1));
    const made = rules.apply(retracted(4, fallen, Date.UTC(2026, 1, 10)));
    expect(made.map(({ kind }) => kind)).toContain("clawback");
    expect(rules.book.balance("budget:2026-02", "USDC")).toBe(usdc("8"));
    rules.due(Date.UTC(2026, 6, 1));
    expect(rules.book.balance(`author:${keyOf("ada")}`, "USDC")).toBe(0n);
  });

  it("of one's own, of what is unknown or fallen, and for the second time counts nothing", () => {
    const rules = begun();
    cites(rules);
    rules.apply(published(4, { n: 3, author: "ada", score: 0, time: BEGIN + 4 * DAY }));
    rules.apply(retracted(5, 2, BEGIN + 5 * DAY));
    for (const [citing, to] of [
      [3, 1],
      [3, 9],
      [1, 2],
      [2, 1],
    ] as const) {
      expect(rules.apply(cited(6, citing, to, BEGIN + 6 * DAY))).toEqual([]);
    }
  });

  it("of one author by another is paid up to a limit in a month, shared among them to the last unit", () => {
    const rules = begun({ ...DEFAULT_ECONOMY, perPairMonth: "1" });
    rules.fund({ sponsor: "op", month: "2026-01", amount: usdc("100"), reference: "t1" }, BEGIN);
    for (const n of [1, 2, 3]) rules.apply(published(n, { n, author: "ada", score: 0, time: BEGIN }));
    rules.apply(published(4, { n: 4, author: "bob", score: 0, time: BEGIN }));
    for (const n of [1, 2, 3]) rules.apply(cited(4 + n, 4, n, BEGIN + DAY));
    const made = rules.due(Date.UTC(2026, 1, 1)).filter(({ kind }) => kind === "citation");
    expect(made.map(({ entries }) => entries[1]?.amount)).toEqual([333_334n, 333_333n, 333_333n]);
  });
});

describe("a novelty reward", () => {
  it("is pending for 30 days, released at the end of the month by the trust in its author", () => {
    const rules = begun();
    cites(rules);
    const pending = () => rules.book.accounts().filter(({ account }) => account.startsWith("pending:"));
    expect(pending().map(({ amount }) => amount)).toEqual([chipReward(60)]);
    rules.due(Date.UTC(2026, 2, 1));
    expect(pending()).toEqual([]);
    expect(rules.book.balance(`author:${keyOf("ada")}`, "CHIP")).toBe(chipReward(60));
  });

  it("goes back to the treasury when the article is retracted, and after a year without trust", () => {
    const rules = begun({ ...DEFAULT_ECONOMY, seeds: [keyOf("bob")] });
    cites(rules);
    rules.apply(published(4, { n: 4, author: "eve", score: 90, time: BEGIN + 4 * DAY }));
    const made = rules.apply(retracted(5, 4, BEGIN + 5 * DAY));
    expect(made.find(({ kind }) => kind === "clawback")?.entries[1]).toMatchObject({
      account: "treasury",
      amount: chipReward(90),
    });
    const later = rules.due(BEGIN + 367 * DAY);
    expect(later.find(({ kind }) => kind === "expiry")?.entries[1]).toMatchObject({ account: "treasury" });
  });
});

test("a budget is refused for a month that is over, and the same payment counts once", () => {
  const rules = begun();
  const payment = { sponsor: "op", month: "2026-02", amount: usdc("10"), reference: "t1" };
  expect(rules.fund(payment, BEGIN)).toHaveLength(1);
  expect(rules.fund(payment, BEGIN + DAY)).toEqual([]);
  const late = { ...payment, month: "2025-12", reference: "t2" };
  expect(() => rules.fund(late, BEGIN)).toThrow(expect.objectContaining({ code: "invalid_funding" }));
  expect(rules.book.balance("budget:2026-02", "USDC")).toBe(usdc("10"));
});
