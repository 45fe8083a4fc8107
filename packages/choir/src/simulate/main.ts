import { parseArgs } from "node:util";
import { formatAmount } from "../ledger/money.js";
import { attackersShare, SCENARIOS, type Scenario, simulate, USUAL } from "./scenarios.js";
import type { Earnings } from "./world.js";

/** `npm run simulate [-- --json] [--seed N]`: who earns what over two years, with 3,000 sybils among the authors. */
const { json, seed } = options();

const results = [];
for (const scenario of SCENARIOS) {
  const earned = simulate(scenario, { ...USUAL, seed });
  results.push({ ...scenario, attackersShare: attackersShare(earned), groups: [...earned].map(plain) });
  if (!json) for (const line of report(scenario, earned)) console.log(line);
}
if (json) console.log(JSON.stringify({ ...USUAL, seed, scenarios: results }));
process.exitCode = results.every((result) => result.attackersShare <= 0.01) ? 0 : 1;

function options(): { json: boolean; seed: number } {
  try {
    const { values } = parseArgs({
      options: { json: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
    });
    if (/^\d{1,9}$/.test(values.seed)) return { json: values.json, seed: Number(values.seed) };
  } catch {
    // What it does not know is what it says: the same as of a wrong number.
  }
  console.error("Usage: npm run simulate -- [--json] [--seed N], with a whole number from 0 on.");
  process.exit(2);
}

function plain([group, { chip, usdc, ...counts }]: [string, Earnings]) {
  return { group, ...counts, chip: formatAmount(chip, "CHIP"), usdc: formatAmount(usdc, "USDC") };
}

function report({ name, honestCitations, attackersWrite }: Scenario, earned: ReadonlyMap<string, Earnings>): string[] {
  const head = `\n${name} (${attackersWrite} texts, ${honestCitations} honest citations)`;
  const rows = [...earned].map(([group, { authors, articles, citations, chip, usdc }]) =>
    [
      group.padEnd(15),
      String(authors).padStart(7),
      String(articles).padStart(9),
      String(citations).padStart(10),
      whole(chip, 18),
      whole(usdc, 6),
    ].join(" "),
  );
  const titles = ["group".padEnd(15), "authors", " articles", " citations", "        CHIP", "        USDC"].join(" ");
  return [head, titles, ...rows, `the attackers' share: ${(attackersShare(earned) * 100).toFixed(3)} %`];
}

function whole(units: bigint, decimals: number): string {
  return (Number(units / 10n ** BigInt(decimals - 2)) / 100).toFixed(2).padStart(12);
}
