import { readFile } from "node:fs/promises";
import { chipReward } from "../../src/ledger/chip-reward.js";
import { DEFAULT_ECONOMY } from "../../src/ledger/config.js";
import { formatAmount } from "../../src/ledger/money.js";
import { Standing } from "../../src/ledger/month-end.js";
import type { Posting } from "../../src/ledger/posting.js";
import { at, BEGIN, begun, cited, DAY, idOf, keyOf, published, usdc } from "./support.js";

/** The worked examples of docs/economics.md, line by line. */
const document = await readFile(new URL("../../../../docs/economics.md", import.meta.url), "utf8");

const AUTHORS = ["Ada", "Bob", "Cyd", "Dan", "Eve"];
/** Article n is by author n; who cites whom in January. */
const CITATIONS = [
  [1, 2],
  [1, 3],
  [2, 3],
  [3, 4],
  [2, 4],
  [4, 1],
  [5, 1],
] as const;
const nameOf = (key: string | undefined) => AUTHORS.find((name) => keyOf(name) === key) ?? "";

function january() {
  const economy = { ...DEFAULT_ECONOMY, seeds: ["Ada", "Bob", "Cyd"].map(keyOf) };
  const rules = begun(economy);
  const postings: Posting[] = [];
  postings.push(...rules.fund({ sponsor: "operator", month: "2026-01", amount: usdc("20"), reference: "1" }, BEGIN));
  AUTHORS.forEach((author, i) => {
    const score = [62, 80, 45, 55, 90][i] ?? 0;
    postings.push(...rules.apply(published(i + 1, { n: i + 1, author, score, time: BEGIN + DAY })));
  });
  CITATIONS.forEach(([from, to], i) => {
    postings.push(...rules.apply(cited(10 + i, from, to, BEGIN + (2 + i) * DAY)));
  });
  postings.push(...rules.due(Date.UTC(2026, 3, 1)));
  return { rules, postings, economy };
}

test("what a score earns", () => {
  for (const score of [15, 20, 35.5, 50, 65, 80, 90, 100]) {
    expect(document).toContain(`| ${score} | ${formatAmount(chipReward(score), "CHIP")} |`);
  }
});

test("the month of the example: trust, what each citation is paid, what of novelty is released, what is left", () => {
  const { rules, postings, economy } = january();
  const counted = CITATIONS.map(([from, to]) => {
    const [citing, cited] = [idOf(from), idOf(to)];
    return { citing, cited, citingAuthor: keyOf(AUTHORS[from - 1] ?? ""), citedAuthor: keyOf(AUTHORS[to - 1] ?? "") };
  });
  const standing = new Standing(AUTHORS.map(keyOf), counted, economy.seeds);
  for (const author of AUTHORS) {
    const trust = (Number(standing.trust(keyOf(author))) / 1e15).toFixed(4);
    expect(document).toContain(`| ${author} | ${trust} |`);
  }
  for (const [from, to] of CITATIONS) {
    const posting = postings.find(({ key }) => key === `citation:${idOf(from)}:${idOf(to)}`);
    const paid = formatAmount(posting?.entries[1]?.amount ?? 0n, "USDC");
    expect(document).toContain(`| ${AUTHORS[from - 1]} | ${AUTHORS[to - 1]} | ${paid} |`);
  }
  const released = postings.filter(({ kind }) => kind === "release");
  for (const { author, entries, at: when } of released) {
    const chip = Number(formatAmount(entries[1]?.amount ?? 0n, "CHIP")).toFixed(2);
    expect(document).toContain(`| ${nameOf(author)} | ${when.slice(0, 10)} | ${chip} |`);
  }
  const left = rules.book.balance("budget:2026-04", "USDC");
  expect(document).toContain(`${formatAmount(left, "USDC")} USDC are left for April`);
  expect(postings.filter(({ kind }) => kind === "vest").every((one) => one.at === at(Date.UTC(2026, 2, 3)))).toBe(true);
});

test("the table of numbers is that of the configuration", () => {
  for (const [name, value] of Object.entries(DEFAULT_ECONOMY)) {
    const shown = Array.isArray(value) ? "none" : String(value);
    expect(document).toContain(`| \`${name}\` | ${shown} |`);
  }
});
