import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { attackersShare, SCENARIOS, simulate, USUAL } from "../../src/simulate/scenarios.js";

vi.setConfig({ testTimeout: 120_000 });

test("a ring of 3,000 sybils with original texts and 20 honest citations earns at most 1 % in two years", () => {
  const ring = SCENARIOS.find(({ shape, honestCitations }) => shape === "ring" && honestCitations > 0);
  if (!ring) throw new Error("there is no such scenario");
  const earned = simulate(ring, USUAL);
  expect(earned.get("attackers")).toMatchObject({ authors: 3_000 });
  expect(earned.get("attackers")?.citations).toBeGreaterThan(20_000);
  expect(attackersShare(earned)).toBeLessThanOrEqual(0.01);
  for (const group of ["copyists", "gibberish farm"]) expect(earned.get(group)).toMatchObject({ chip: 0n, usdc: 0n });
  expect(earned.get("honest")?.usdc).toBeGreaterThan(10_000_000_000n);
});

test.each(SCENARIOS.filter(({ honestCitations }) => honestCitations === 0))("$name earns nothing", (scenario) => {
  const earned = simulate(scenario, { ...USUAL, months: 4, honest: 60, attackers: 300 });
  expect(earned.get("attackers")).toMatchObject({ chip: 0n, usdc: 0n });
  expect(earned.get("honest")?.usdc).toBeGreaterThan(0n);
});

test.each([["--seed", "abc"], ["--seed", ""], ["--nonsense"]])(
  "%s %s is answered with its usage, and 2",
  (...words) => {
    const program = fileURLToPath(new URL("../../dist/simulate/main.js", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: npm run simulate[^\n]*\n$/);
  },
);
