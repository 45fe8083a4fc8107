import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reviewAudit } from "../src/audit/review.js";
import { concentrationOf } from "../src/market/holders.js";
import { riskTable } from "../src/risk/table.js";
import { builtScripts } from "./support/built.js";
import { ADMIN, HOLDINGS, KEY, PROXY, SAFE, TOKEN, testServices } from "./support/services.js";

let programs: Awaited<ReturnType<typeof builtScripts>>;
let services: Awaited<ReturnType<typeof testServices>>;
let url: string;

beforeAll(async () => {
  programs = await builtScripts(["audit", "chain", "market", "risk"]);
  services = await testServices();
  url = `http://127.0.0.1:${services.port}`;
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  await programs[Symbol.asyncDispose]();
});

async function run(name: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(programs.folder, `${name}.mjs`), ...args], { timeout: 20_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const status = await new Promise<number | null>((done) => child.on("close", done));
  return { stdout, stderr, status };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(programs.folder, name);
  await writeFile(path, text);
  return path;
}

const REPORT = `# Pool v2 Security Review
Prepared by Trail of Bits, March 3, 2026

## Scope
Commit 0123456789abcdef0123456789abcdef01234567
- src/Pool.sol
- src/Vault.sol

## Summary
| Severity | Count |
| High | 1 |
| Medium | 2 |

## Findings
### H-01 Withdrawals can be replayed
Severity: High. Status: Fixed in 9f8e7d6.
### M-01 The oracle may be stale
The team has acknowledged it.
### M-02 Fees are unbounded
Nothing was said.
### L-01 Typos
Resolved.
`;

describe("an audit report", () => {
  it("reads short titles in tables, and an auditor whom nobody knows", () => {
    const rows = [
      "| H-01 | Fee | High | Acknowledged |",
      "| Low | L-02 | Open mint | Resolved |",
      "| M-03 | Medium | Vault | Open |",
    ];
    const review = reviewAudit(["3 May 2026. Auditor: Acme Labs.", "", ...rows].join("\n"));
    expect(review.findings.map(({ id, title, status }) => `${id} ${title}: ${status}`)).toEqual([
      "H-01 Fee: acknowledged",
      "L-02 Open mint: fixed",
      "M-03 Vault: open",
    ]);
    expect(review).toMatchObject({
      auditor: { value: "Acme Labs", line: 1 },
      notes: expect.arrayContaining(["Acme Labs is no auditor that is known by name here."]),
    });
    expect(reviewAudit("The auditors found nothing.").auditor).toBeUndefined();
  });

  it("gives commit, scope, auditor, date and what is open, each with its line", () => {
    const review = reviewAudit(REPORT);
    expect(review.auditor).toMatchObject({ value: "Trail of Bits", line: 2 });
    expect(review.commits.map((c) => c.value)).toContain("0123456789abcdef0123456789abcdef01234567");
    expect(review.dates[0]?.value).toBe("March 3, 2026");
    expect(review.scope.map((s) => s.value)).toEqual(["src/Pool.sol", "src/Vault.sol"]);
    expect(review.findings.map((f) => [f.id, f.level, f.status])).toEqual([
      ["H-01", "high", "fixed"],
      ["M-01", "medium", "acknowledged"],
      ["M-02", "medium", "not said"],
      ["L-01", "low", "fixed"],
    ]);
    expect(review.counted).toEqual({ high: 1, medium: 2 });
    expect(review.notes).toEqual([]);
  });

  it("is fixed only where it says so: not where it asks for it, or in a title", () => {
    const review = reviewAudit(`# Review
### H-01 Reentrancy in withdraw
Recommendation: it should be fixed by adding a guard. The team has not responded.
### M-1: The heartbeat is fixed at one hour
Anybody can wait.
### TOB-VAULT-3 Fixed-point rounding
Severity: High
#### Recommendation
Round down.
#### Status
Open
### H-03: The contract holds an open position
#### Team response
The issue has been fixed in commit 9f8e7d6.
### H-04 Another
Status: Won't fix
| ID | Title | Severity | Status |
| M-2 | Fixed fees are open to abuse | Medium | Resolved in PR #12 |
| ERC-20 | Not a finding | High | Open |
| M-3 | Closed markets | Medium | Acknowledged |`);
    expect(review.findings.map((f) => [f.id, f.level, f.status])).toEqual([
      ["H-01", "high", "not said"],
      ["M-1", "medium", "not said"],
      ["TOB-VAULT-3", "high", "open"],
      ["H-03", "high", "fixed"],
      ["H-04", "high", "open"],
      ["M-2", "medium", "fixed"],
      ["M-3", "medium", "acknowledged"],
    ]);
  });

  it("that says nothing is not given anything", () => {
    const review = reviewAudit("We looked at the code and liked it.");
    expect(review).toMatchObject({ commits: [], findings: [], open: 0 });
    expect(review.notes[0]).toContain("names no commit");
  });
});

describe("market and chain", () => {
  it("leaves out what is counted twice, counts on the chain, and flags a difference over 10 %", async () => {
    const holdings = await file("holdings.json", HOLDINGS);
    const args = ["--slug", "pool", "--api", url, "--chain", "Base", "--rpc", `${url}/rpc`, "--holdings", holdings];
    const shown = await run("market", ...args);
    expect(shown).toMatchObject({ status: 1, stderr: "" });
    expect(shown.stdout).toContain("TVL of Pool: 1,000,000 USD");
    expect(shown.stdout).toContain("Volume on Base: 5,000 USD in a day");
    expect(shown.stdout).toContain("800,000 USD of 1,000,000 USD, 20.0 % apart: FLAGGED");
    expect(shown.stdout).toContain("block 500: eth_call");
    expect(shown.stdout).toContain("Traded on the chain in a day: 4,000 USD of 5,000 USD, 20.0 % apart: FLAGGED");
    expect(shown.stdout).toContain("USDC/ETH: 4,000 USD in 2 trades, block 500: eth_getLogs");
    expect(shown.stdout).toContain("Swap from block 484");
    expect(await run("market", "--slug", "pool", "--api", url, "--chain", "base")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("it is on Base"),
    });
    expect(await run("market", "--slug", "nobody", "--api", url)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("knows no protocol"),
    });
  });

  it("says who holds the rights, how old it is, and what the whole comes to, each line with its evidence", async () => {
    const chain = await run("chain", "--rpc", `${url}/rpc`, "--contract", PROXY, "--json");
    expect(chain.stderr).toBe("");
    const found = JSON.parse(chain.stdout);
    expect(found.powers).toMatchObject([
      { role: "owner", address: SAFE, kind: "multisig", detail: "3 of 5" },
      { role: "admin", address: ADMIN, kind: "single key", detail: expect.stringContaining(`belongs to ${KEY}`) },
    ]);
    expect(found.age).toMatchObject({ created: 100, days: 24, read: { call: `eth_getCode ${PROXY}`, block: 100 } });
    const audit = await run("audit", await file("S3.txt", REPORT), "--json");
    const table = await run("risk", await file("chain.json", chain.stdout), await file("audit.json", audit.stdout));
    expect(table.status).toBe(1);
    expect(table.stdout).toMatch(/^Overall risk: \*\*high\*\*\. The worst line counts: R1\./);
    expect(table.stdout).toMatch(
      /\| R1 \| governance \| The admin of .* single key.* \| high \| block 500: eth_getCode/,
    );
    expect(table.stdout).toMatch(/\| M-01 \(medium\).*acknowledged \| medium \| \[S3\] line \d+ \|/);
    expect(table.stdout).toContain("Not known: The code was not looked at.");
  });
});

it("calls nothing low whose code nobody has looked at to the end, and one signature a single key", () => {
  const code = { kind: "contracts" as const, grade: "low", notes: [], missing: [], failed: [], findings: [] };
  expect(riskTable([{ kind: "own", risks: [] }]).grade).toBe("unknown");
  expect(riskTable([{ ...code, notes: ["Vault: run() too long to be followed to the end."] }])).toMatchObject({
    grade: "unknown",
    unknown: expect.arrayContaining([expect.stringContaining("too long")]),
  });
  expect(riskTable([code]).grade).toBe("low");
  // The code says that somebody can change it, and only the chain says who.
  const swap = {
    id: "F1",
    detector: "upgradability",
    title: "The code can be changed: upgradeTo(address)",
    risk: "low",
  };
  const at = { contract: "Proxy", where: { file: "P.sol", line: 9 }, likelihood: "possible", who: "owner" };
  const proxy = { ...code, findings: [{ ...swap, ...at }] };
  expect(riskTable([proxy])).toMatchObject({
    grade: "unknown",
    unknown: expect.arrayContaining([expect.stringContaining("Who owner is was not asked of the chain")]),
  });
  expect(riskTable([{ ...proxy, findings: [{ ...swap, ...at, likelihood: "unlikely" }] }]).grade).toBe("low");
  const reads = [{ call: "eth_call", block: 1 }];
  const powers = [
    { role: "admin", address: SAFE, kind: "multisig", detail: "1 of 1", reads },
    { role: "owner", address: KEY, kind: "timelock", detail: "0.0 days", reads },
    { role: "keeper", address: TOKEN, kind: "timelock", detail: "2.0 days", reads },
  ];
  const { risks } = riskTable([code, { kind: "chain", contract: PROXY, notes: [], powers }]);
  expect(risks.map(({ grade }) => grade)).toEqual(["high", "medium", "low"]);
});

it("refuses a risk without evidence", async () => {
  const own = { kind: "own", risks: [{ area: "team", risk: "unknown team", grade: "high", evidence: [] }] };
  expect(await run("risk", await file("own.json", JSON.stringify(own)))).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("risks.0.evidence"),
  });
});

it("measures concentration against the supply, and refuses lists that make no sense", () => {
  const csv = `address,balance\n${TOKEN},600\n${SAFE},300\n`;
  expect(concentrationOf(csv, 1_000_000_000n)).toMatchObject({ holders: 2, largest: 0.6, ten: 0.9 });
  expect(() => concentrationOf(csv, 1n)).toThrow("more than the supply");
  expect(() => concentrationOf("hello")).toThrow("no balance");
  const parts = [{ kind: "market" as const, concentration: { largest: 0.6, ten: 0.9, from: "[S4]" } }];
  expect(riskTable(parts).risks[0]).toMatchObject({ grade: "high", evidence: ["[S4]"] });
});
