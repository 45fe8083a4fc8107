import { createHash } from "node:crypto";
import { checkCitations, gate, Verification } from "../../src/index.js";

const aave = {
  id: "S1",
  title: "Aave v3 on Base",
  uri: "file:aave.md",
  text: "# Aave v3 on Base\n\nSuppliers earned 4.6% APY on 15 September 2026. The market held $412 million. It was audited by Dr. Smith et al. in 2025.",
};
const moonwell = {
  id: "S2",
  title: "Moonwell",
  uri: "file:moonwell.md",
  text: "# Moonwell\n\nMoonwell held $186 million on 31 August 2026.",
};
const sources = [aave, moonwell];
const verdicts = (draft: string): (string | undefined)[] =>
  checkCitations(draft, sources).sentences.map((s) => s.verdict);

test("the report is bound to the draft and its spans are verbatim", () => {
  const draft = "# T\n\nOn Aave v3, suppliers earned 4.6% APY on 15 September 2026 [S1].";
  const report = checkCitations(draft, sources);
  expect(report.draftSha256).toBe(createHash("sha256").update(draft).digest("hex"));
  expect(report.method).toBe("lexical");
  expect(report.citations).toEqual({ total: 1, supported: 1, rate: 1 });
  const [sentence] = report.sentences;
  expect(draft.slice(sentence?.span.start, sentence?.span.end)).toBe(
    "On Aave v3, suppliers earned 4.6% APY on 15 September 2026 [S1].",
  );
  expect(sentence?.spans.length).toBeGreaterThan(0);
  for (const span of sentence?.spans ?? []) expect(aave.text.slice(span.start, span.end)).toBe(span.quote);
});

test("nothing to check is never a pass", () => {
  for (const draft of ["", "No citation here.", "```\nx [S1]\n```", "## Sources\n\n- [S1] Aave"]) {
    const report = checkCitations(draft, sources);
    expect(report.citations).toEqual({ total: 0, supported: 0, rate: 0 });
    expect(report.problems.map((p) => p.code)).toEqual(["no_citations"]);
    expect(gate(report, draft)).toMatchObject({ pass: false, code: "no_citations" });
  }
});

test("pairs of sentence and source are counted, wherever the marker stands", () => {
  const draft =
    "Suppliers on Aave v3 earned 4.6% APY. [S1] Moonwell held $186 million on 31 August 2026 [S2]. The market of Aave held $412 million [S1], " +
    "and Moonwell held $186 million [S2].\n\n- Aave v3 suppliers earned 4.6% APY [S1]\n\n| Market | Held |\n|---|---|\n| Moonwell | $186 million [S2] |";
  const report = checkCitations(draft, sources);
  expect(report.citations).toEqual({ total: 6, supported: 6, rate: 1 });
});

test("abbreviations, decimals and addresses do not end sentences", () => {
  const report = checkCitations(
    "The Aave market was audited by Dr. Smith et al. in 2025, e.g. at https://a.b/c.d?e=1. Another [S1].",
    sources,
  );
  expect(report.sentences.map((s) => s.text)).toEqual(["Another [S1]."]);
});

test("an id that does not exist is not found, and a problem", () => {
  const report = checkCitations("Aave v3 suppliers earned 4.6% APY [S1, S9].", sources);
  expect(report.sentences[0]?.citations).toEqual([
    { id: "S1", verdict: "supported" },
    { id: "S9", verdict: "not_found" },
  ]);
  expect(report.problems).toEqual([{ code: "unknown_source", message: "There is no source S9." }]);
  expect(report.citations.rate).toBe(0.5);
});

test("a citation that cannot be read as one counts against the draft", () => {
  expect(checkCitations("Aave v3 suppliers earned 4.6% APY [S1-S2].", sources)).toMatchObject({
    citations: { total: 1, rate: 0 },
    problems: [{ code: "malformed_citation" }],
  });
});

test("a source without text is unreachable", () => {
  const draft = "Suppliers earned 4.6% [S3].";
  const report = checkCitations(draft, [
    ...sources,
    { id: "S3", title: "Dead", uri: "https://x.org", text: "", unreachable: "It answered 404." },
  ]);
  expect(report.sentences[0]?.verdict).toBe("unreachable");
  expect(report.citations.rate).toBe(0);
});

test("a page that could not be read, cited by its address, is unreachable, and any other address cites nothing", () => {
  const dead = { id: "https://dead.example/a", title: "", uri: "https://dead.example/a", text: "" };
  const texts = [aave, { ...dead, unreachable: "It answered 404." }];
  for (const link of [
    "[a study](https://dead.example/a/)",
    "https://dead.example/a",
    "<http://www.dead.example/a#b>",
  ]) {
    const { sentences, uncited, measures } = checkCitations(`Deposits fell by 12% in 2025, says ${link}.`, texts);
    expect(sentences).toMatchObject([{ verdict: "unreachable", citations: [{ id: dead.id, verdict: "unreachable" }] }]);
    expect(sentences[0]?.checks[0]?.detail).toContain("It answered 404.");
    expect({ uncited, unreachable: measures.unreachable }).toEqual({ uncited: [], unreachable: 1 });
  }
  const other = checkCitations("Deposits fell by 12% in 2025, says [a study](https://fine.example/a).", texts);
  expect(other).toMatchObject({ sentences: [], uncited: [{}] });
});

test("verdicts", () => {
  expect(verdicts("Aave v3 suppliers earned 6.4% APY on 15 September 2026 [S1].")).toEqual(["contradicted"]);
  expect(verdicts("Whales migrate to warmer oceans in autumn [S1].")).toEqual(["not_found"]);
  expect(verdicts("Aave v3 suppliers earned 4.6% APY, paid out in gold bars from Fort Knox [S1].")).not.toEqual([
    "supported",
  ]);
});

test("the gate: this draft, nine of ten, and a report that adds up", () => {
  const good = "Aave v3 suppliers earned 4.6% APY [S1]. ";
  const openings = ["", "Yes, ", "Here, ", "So, ", "Also, ", "Now, ", "Then, ", "Thus, ", "Still, "];
  const nine = openings.map((opening) => `${opening}Aave v3 suppliers earned 4.6% APY [S1]. `).join("");
  const draft = `${nine}Aave v3 suppliers earned 9.9% APY [S1].`;
  const report = checkCitations(draft, sources);
  expect(report.citations).toEqual({ total: 10, supported: 9, rate: 0.9 });
  expect(gate(report, draft)).toEqual({ pass: true });
  expect(gate(report, `${draft} `)).toMatchObject({ pass: false, code: "other_draft" });
  const worse = checkCitations(`${good}Aave v3 suppliers earned 9.9% APY [S1].`, sources);
  expect(gate(worse, `${good}Aave v3 suppliers earned 9.9% APY [S1].`)).toMatchObject({
    pass: false,
    code: "rate_too_low",
  });
  expect(
    gate(
      { ...worse, citations: { total: 1, supported: 1, rate: 1 } },
      `${good}Aave v3 suppliers earned 9.9% APY [S1].`,
    ),
  ).toMatchObject({ code: "invalid_report" });
  expect(gate(undefined, draft)).toMatchObject({ pass: false, code: "invalid_report" });
});

test("two thousand citations are checked in seconds", () => {
  const draft = Array.from({ length: 2000 }, (_, i) => `Aave v3 suppliers earned 4.6% APY in case ${i} [S1].`).join(
    "\n\n",
  );
  const start = performance.now();
  expect(checkCitations(draft, sources).citations.total).toBe(2000);
  // Two seconds on an idle core; the suite shares two with VMs.
  expect(performance.now() - start).toBeLessThan(30_000);
}, 60_000);

test("a sentence counts once however often it is said", () => {
  const good = "Aave v3 suppliers earned 4.6% APY [S1]. ";
  const draft = `${good.repeat(30)}\n\n- **Aave v3** suppliers earned 4.6% APY [S1]!\n\nAave v3 suppliers earned 9.9% APY [S1].`;
  const report = checkCitations(draft, sources);
  expect(report.citations).toEqual({ total: 2, supported: 1, rate: 0.5 });
  expect(gate(report, draft)).toMatchObject({ code: "rate_too_low" });
});

test("headings that cite are checked, and notes that nothing refers to count for nothing", () => {
  const wrong = "## Aave v3 suppliers earned 9.9% APY [S1]\n\n";
  const hidden = Array.from(
    { length: 12 },
    (_, i) => `[^${i}]: Aave v3 suppliers earned 4.6% APY in case ${i} [S1].\n`,
  );
  expect(checkCitations(wrong + hidden.join(""), sources).citations).toEqual({ total: 1, supported: 0, rate: 0 });
  const shown = "Aave.[^a]\n\n[^a]: Aave v3 suppliers earned 4.6% APY [S1].\n";
  expect(checkCitations(shown, sources).citations).toEqual({ total: 1, supported: 1, rate: 1 });
});

test("a sentence without end is refused rather than checked for minutes", () => {
  const start = performance.now();
  const report = checkCitations(`${"500 million 3 % ".repeat(3000)} [S1].`, sources);
  expect(report.citations).toEqual({ total: 1, supported: 0, rate: 0 });
  expect(report.sentences[0]?.checks[0]?.detail).toMatch(/divide it/);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("a few quoted words bear out nothing that stands around them, and an ellipsis joins no far ends of a source", () => {
  const long = `${aave.text} ${"The market paid out as before. ".repeat(30)}Everything was sold.`;
  const judged = (draft: string) => checkCitations(draft, [{ ...aave, text: long }]).sentences[0]?.verdict;
  expect(judged('Its founders fled with the money of widows, people say, "The market" [S1].')).not.toBe("supported");
  expect(judged('The study "Aave v3 on Base" proves that vaccines cause autism [S1].')).not.toBe("supported");
  expect(judged("The report says that “suppliers earned 4.6% APY on 15 September 2026” [S1].")).toBe("supported");
  expect(judged("The report says: “The market held … it was audited by Dr. Smith” [S1].")).toBe("supported");
  expect(judged("The report says: “suppliers earned … everything was sold” [S1].")).not.toBe("supported");
});

test("a report of an earlier release, which said text for lexical, is read as what it says", () => {
  const draft = "Aave v3 suppliers earned 4.6% APY [S1].";
  const stored = JSON.stringify(checkCitations(draft, sources)).replaceAll('"lexical"', '"text"');
  expect(stored).toContain('"method":"text"');
  expect(Verification.parse(JSON.parse(stored))).toEqual(checkCitations(draft, sources));
  expect(gate(JSON.parse(stored), draft)).toEqual({ pass: true });
});

test("of a source in another language the report says so, once, and that it is less well understood", () => {
  const german =
    "Die Einlagen beliefen sich im August auf 186 Millionen Dollar, und der Zinssatz wurde nicht verändert. ".repeat(4);
  const japanese = "預金は八月に一億八千六百万ドルに達した。金利は変更されなかった。".repeat(4);
  const texts = [
    aave,
    { id: "S2", title: "Bank", uri: "https://bank.example", text: german, language: "en" },
    { id: "S3", title: "Bank", uri: "https://bank.example/ja", text: japanese },
  ];
  const draft =
    "Deposits were $186 million [S2]. In August they were $186 million [S2, S3]. Aave v3 paid 4.6% APY [S1].";
  const said = checkCitations(draft, texts).problems.map(
    ({ code, message }) => `${code}: ${message.slice(0, 25).trim()}`,
  );
  expect(said).toEqual(["other_language: S2 is in German: its figu", "other_language: S3 is not in English: its"]);
});
