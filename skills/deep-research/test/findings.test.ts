import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evidenceFile, type Findings, findingsOf } from "@vibewriter/evidence";
import { build } from "esbuild";
import { COMPATIBLE, DATES, NUMBERS, type Pair, POLARITY, UNSEEN_COMPATIBLE, UNSEEN_CONFLICTS } from "./pairs.js";

const skill = join(import.meta.dirname, "..");
const NOW = Date.UTC(2026, 10, 1);

/** The conflict of a pair among the claims of its own and some of others, undefined if there is none that counts. */
function conflictOf({ a, b }: Pair) {
  const { conflicts } = findingsOf({
    claims: [claim("C1", a, "S1"), claim("C2", b, "S2")],
    sources: [source("S1", "https://one.example/a"), source("S2", "https://two.example/b")],
    now: NOW,
  });
  const [found] = conflicts;
  return found === undefined || found.settled === "time" || found.settled === "scope" ? undefined : found;
}

function claim(id: string, text: string, from: string) {
  return { id, text, by: "r", support: [{ source: from, quote: text }] };
}

function source(id: string, uri: string) {
  return { id, uri, title: "Notes" };
}

describe("conflicts, on sentences written for it", () => {
  it.each([
    { kind: "number", pairs: NUMBERS, least: 7 },
    { kind: "date", pairs: DATES, least: 4 },
    { kind: "polarity", pairs: POLARITY, least: 4 },
  ])("finds $least of the planted ones: $kind", ({ kind, pairs, least }) => {
    const missed = pairs.filter((pair) => conflictOf(pair)?.kind !== kind);
    expect(pairs.length - missed.length, JSON.stringify(missed, null, 1)).toBeGreaterThanOrEqual(least);
  });

  it("takes none of those that can both be so for one", () => {
    expect(COMPATIBLE.map(conflictOf).filter(Boolean)).toEqual([]);
  });

  it("does as well on sentences that were written after it", () => {
    const missed = UNSEEN_CONFLICTS.filter((pair) => conflictOf(pair) === undefined);
    const wrong = UNSEEN_COMPATIBLE.filter((pair) => conflictOf(pair) !== undefined);
    expect(missed.length, JSON.stringify(missed, null, 1)).toBeLessThanOrEqual(1);
    expect(wrong.length, JSON.stringify(wrong, null, 1)).toBeLessThanOrEqual(0);
  });
});

describe("the program", () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-skill-"));
    program = join(folder, "findings.mjs");
    const entryPoints = [join(skill, "scripts/findings.ts")];
    const how = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" } as const;
    await build({ entryPoints, outfile: program, ...how });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(evidence: unknown, ...args: string[]) {
    const path = join(folder, "claims.json");
    await writeFile(path, JSON.stringify(evidence));
    return spawnSync(process.execPath, [program, "--claims", path, ...args], { encoding: "utf8", timeout: 20_000 });
  }

  it("says what claims come to, and by its exit code whether something is open", async () => {
    const { a, b } = NUMBERS[0] ?? { a: "", b: "" };
    const evidence = {
      claims: [claim("C1", a, "S1"), claim("C2", b, "S2")],
      sources: [source("S1", "https://one.example/a"), source("S2", "https://two.example/b")],
    };
    const open = await run(evidence);
    expect(open.stdout).toContain("- C1 and C2, number: 4.1 million against 3.4 million. Open: Nothing in the sources");
    expect(open.status).toBe(1);
    const settled = await run({ ...evidence, claims: evidence.claims.slice(0, 1) }, "--json");
    expect(settled.status).toBe(0);
    const findings: Findings = JSON.parse(settled.stdout);
    expect(findings.claims).toMatchObject([{ claims: ["C1"], says: ["S1"], silent: ["S2"] }]);
  });

  it("comes from a run's evidence.json to what the run came to, however long ago that was", async () => {
    const [a, b] = ["Nordhafen handled 4.1 million containers.", "The harbour of Nordhafen is closed on Sundays."];
    const read = (id: string, o: object) => {
      const file = {
        mediaType: "text/plain",
        bytes: 90,
        chars: 90,
        sha256: "0".repeat(64),
        textSha256: "0".repeat(64),
      };
      return { ...source(id, `https://${id}.example/a`), ...file, fetchedAt: "2020-03-01T10:00:00.000Z", ...o };
    };
    const sources = [read("S1", { date: "2017-03-01" }), read("S2", {})];
    const bearing = { by: "r", question: "How much?", hypothesis: { id: "H1", stance: "for" as const } };
    const words = (from: string, quote: string) => [{ source: from, start: 10, end: 10 + quote.length, quote }];
    const claims = [
      { ...bearing, id: "C1", text: a, support: words("S1", a) },
      { ...bearing, id: "C2", text: b, also: [{ question: "When?" }], support: words("S2", b) },
    ];
    const hypotheses = [{ id: "H1", text: "It grows." }];
    const texts = [{ id: "S2", text: `Published 1 March 2014\n\n${b}` }];
    const file = evidenceFile({ runId: "r1", sources, texts, claims, questions: ["Who pays?"], hypotheses });
    const { stdout, stderr } = await run(file, "--json");
    expect(stderr).toBe("");
    const dated = sources.map((one) => (one.id === "S2" ? { ...one, date: "1 March 2014" } : one));
    const now = Date.UTC(2020, 2, 1, 10);
    expect(JSON.parse(stdout)).toEqual(
      findingsOf({ claims, sources: dated, questions: ["Who pays?"], hypotheses, now }),
    );
    const lost = { ...file, passages: [] };
    expect((await run(lost)).stderr).toContain("claims.0 names S1.1, which is no passage of it");
  });

  it("refuses wrong calls and other files in a sentence", async () => {
    expect(spawnSync(process.execPath, [program], { encoding: "utf8" })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Usage"),
    });
    expect(await run({ claims: [{}], sources: [] })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is not claims and sources: claims\.0\.id/),
    });
  });
});

test("SKILL.md has a name and a description, and names the program where the image has it", async () => {
  const text = await readFile(join(skill, "SKILL.md"), "utf8");
  expect(text).toMatch(/^---\nname: deep-research\ndescription: .{20,1024}\n---\n/);
  expect(text).toContain("node /skills/deep-research/findings.mjs");
});
