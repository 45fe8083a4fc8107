import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { draftSentences } from "../../src/check/draft.js";
import { checkCitations, type SourceText } from "../../src/check/index.js";
import {
  GOOD as GOOD_ABSTRACTIVE,
  SOURCES as SOURCES_ABSTRACTIVE,
  WRONG as WRONG_ABSTRACTIVE,
} from "./sentences-abstractive.js";
import { GOOD_ELSEWHERE, SOURCES, WRONG_ELSEWHERE } from "./sentences-elsewhere.js";
import { GOOD, NEGATED, QUOTED } from "./sentences-on-base.js";

const folder = join(import.meta.dirname, "../../../../examples/base-defi");
const sources: SourceText[] = readdirSync(folder)
  .filter((name) => /^\d+-.*\.md$/.test(name))
  .sort()
  .map((name, i) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { id: `S${i + 1}`, title: /^# (.*)$/m.exec(text)?.[1] ?? name, uri: `file:${name}`, text };
  });

/** How many of the sentences, each a paragraph of one draft, are not fully supported; and which are. */
function refused(drafts: string[]): { refused: number; accepted: string[]; of: number } {
  const { sentences } = checkCitations(drafts.join("\n\n"), sources);
  expect(sentences).toHaveLength(drafts.length);
  const accepted = drafts.filter((_, i) => sentences[i]?.verdict === "supported");
  return { refused: drafts.length - accepted.length, accepted, of: drafts.length };
}

const report: Record<string, string> = {};
afterAll(() => console.info(report));

function expectCaught(kind: string, drafts: string[]): void {
  const result = refused(drafts);
  report[kind] = `${result.refused} of ${result.of} caught`;
  expect(drafts.length).toBeGreaterThanOrEqual(12);
  expect(result.accepted.slice(Math.floor(result.of / 10)), `accepted: ${result.accepted.join("\n")}`).toEqual([]);
}

const DATE =
  /\b(?:\d{1,2} )?(January|February|March|April|May|June|July|August|September|October|November|December)( \d{4})?\b/;

test("good sentences are supported", () => {
  const { sentences } = checkCitations([...GOOD, ...QUOTED].join("\n\n"), sources);
  const bad = sentences.filter((sentence) => sentence.verdict !== "supported");
  report["good sentences"] = `${bad.length} of ${GOOD.length + QUOTED.length} refused`;
  const why = bad.map((s) => `${s.text} ${JSON.stringify(s.checks.filter((check) => !check.passed))}`);
  expect(bad.length, why.join("\n")).toBeLessThanOrEqual(2);
});

test("wrong numbers are caught", () => {
  const drafts = GOOD.flatMap((draft) => {
    const masked = draft
      .replace(new RegExp(DATE, "g"), (m) => "_".repeat(m.length))
      .replace(/\[S.*?\]|v3|\b20\d\d\b/g, (m) => "_".repeat(m.length));
    return [...masked.matchAll(/\d+(?:\.\d+)?/g)].map((match) => {
      const changed = String(Number((Number(match[0]) * 1.3 + 1).toFixed(match[0].includes(".") ? 1 : 0)));
      return draft.slice(0, match.index) + changed + draft.slice(match.index + match[0].length);
    });
  });
  expectCaught("wrong number", drafts);
});

test("wrong dates are caught", () => {
  const drafts = GOOD.filter((draft) => DATE.test(draft)).flatMap((draft) => [
    draft.replace(DATE, (date, month: string) => date.replace(month, month === "October" ? "November" : "October")),
    ...(/\b\d{1,2} [A-Z][a-z]+ 20/.test(draft)
      ? [draft.replace(/\b(\d{1,2})(?= [A-Z][a-z]+ 20)/, (day) => String((Number(day) + 10) % 28 || 3))]
      : []),
  ]);
  expectCaught("wrong date", drafts);
});

test("negated claims are caught", () => expectCaught("negated claim", NEGATED));

test("swapped sources are caught", () => {
  const drafts = [...GOOD, ...QUOTED].flatMap((draft) =>
    [3, 7].map((step) => draft.replace(/S(\d+)/g, (_, n: string) => `S${((Number(n) - 1 + step) % 13) + 1}`)),
  );
  expectCaught("swapped source", drafts);
});

test("invented sources are caught", () => {
  expectCaught(
    "invented source",
    GOOD.map((draft) => draft.replace(/S(\d+)/, "S$12")).filter((draft) => /S\d{2}/.test(draft)),
  );
});

test("quotations altered by one word are caught", () => {
  const drafts = QUOTED.flatMap((draft) => {
    const words = /"(.+)"/.exec(draft)?.[1]?.split(" ") ?? [];
    return [1, words.length - 2].map((i) =>
      draft.replace(/"(.+)"/, `"${words.with(i, words[i]?.endsWith("s") ? "things" : "green").join(" ")}"`),
    );
  });
  expectCaught("altered quotation", drafts);
});

test("every sentence of a source supports itself, as it stands and introduced", () => {
  for (const { id, text } of sources) {
    const own = draftSentences(text).map((sentence) => sentence.text.replace(/\.?$/, ""));
    const draft = own.flatMap((sentence) => [`${sentence} [${id}].`, `According to one note, ${sentence} [${id}].`]);
    const { citations, sentences } = checkCitations(draft.join("\n\n"), sources);
    const refusedOnes = sentences.filter((sentence) => sentence.verdict !== "supported").map((s) => s.text);
    expect(refusedOnes).toEqual([]);
    expect(citations.total).toBe(draft.length);
  }
});

test("sources on other subjects", () => {
  const good = checkCitations(GOOD_ELSEWHERE.join("\n\n"), SOURCES).sentences.filter((s) => s.verdict !== "supported");
  const wrong = checkCitations(WRONG_ELSEWHERE.join("\n\n"), SOURCES).sentences.filter(
    (s) => s.verdict === "supported",
  );
  report.elsewhere = `${good.length} of ${GOOD_ELSEWHERE.length} refused, ${wrong.length} of ${WRONG_ELSEWHERE.length} accepted`;
  expect(good.map((s) => s.text)).toEqual([]);
  expect(wrong.length, wrong.map((s) => s.text).join("\n")).toBeLessThanOrEqual(2);
});

test("sentences in words of their own", () => {
  const verdictsOf = (drafts: string[]) => checkCitations(drafts.join("\n\n"), SOURCES_ABSTRACTIVE).sentences;
  const bad = verdictsOf(GOOD_ABSTRACTIVE).filter((sentence) => sentence.verdict !== "supported");
  report["good, abstractive"] = `${bad.length} of ${GOOD_ABSTRACTIVE.length} refused`;
  expect(bad.length, bad.map((s) => s.text).join("\n")).toBeLessThanOrEqual(3);
  for (const [kind, drafts] of Object.entries(WRONG_ABSTRACTIVE)) {
    const accepted = verdictsOf(drafts).filter((sentence) => sentence.verdict === "supported");
    report[`${kind}, abstractive`] = `${drafts.length - accepted.length} of ${drafts.length} caught`;
    expect(accepted.length, accepted.map((s) => s.text).join("\n")).toBeLessThanOrEqual(drafts.length / 10);
  }
});
