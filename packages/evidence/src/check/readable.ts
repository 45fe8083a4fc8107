import { REQUIRED_COVERAGE } from "../claims/coverage.js";
import type { GateDecision } from "./gate.js";
import { REQUIRED_RATE } from "./rate.js";
import type { CheckedSentence, Verification } from "./verification.js";

/**
 * The report of a check for a person, in Markdown: whether the draft passes, each sentence that cites with its verdict, what failed and why,
 * and what states something and cites nothing. Texts of the draft are shown as text, whatever marks they hold.
 */
export function readableReport(verification: Verification, decision: GateDecision): string {
  const { sentences, uncited, problems, draftSha256 } = verification;
  const failing = sentences.filter(({ verdict }) => verdict !== "supported");
  const other = new Set(problems.filter(({ code }) => code !== "check_failed").map(({ message }) => message));
  return `${[
    "# Check of the citations",
    decision.pass ? "**Passes.**" : `**Does not pass.** ${plain(decision.message)}`,
    METHOD[verification.method],
    measures(verification),
    ...section("Sentences that cite", sentences.length === 0 ? [] : [table(sentences)]),
    ...section("What failed, and why", failing.map(failure)),
    ...section(
      "What states something and cites nothing",
      uncited.map(({ text }) => `- ${plain(text)}`),
    ),
    ...section(
      "Other problems",
      [...other].map((message) => `- ${plain(message)}`),
    ),
    `Of the draft with the SHA-256 \`${draftSha256}\`.`,
  ].join("\n\n")}\n`;
}

const METHOD: Record<Verification["method"], string> = {
  lexical:
    "Text-matched: figures, dates, names, quotations, negation and wording were compared with the sources' texts by code. No model has " +
    "judged whether the sources bear the sentences out.",
  model: "Checked by code and judged by a model, whose quotations code has found in the sources.",
};

function measures({ citations, coverage, measures: { precision, recall, unreachable } }: Verification): string {
  const rows: [string, string][] = [
    [
      `Citations supported (${percent(REQUIRED_RATE)} are needed)`,
      share(citations.supported, citations.total, citations.rate),
    ],
    [
      `Sentences that state something and cite (${percent(REQUIRED_COVERAGE)} are needed)`,
      share(coverage.cited, coverage.worth, coverage.share),
    ],
    ["Precision: of the citations whose source could be read, those supported", percent(precision)],
    ["Recall: of the sentences that state something, those wholly supported", percent(recall)],
    ["Citations whose source could not be read", percent(unreachable)],
  ];
  return ["| Measure | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function table(sentences: readonly CheckedSentence[]): string {
  const rows = sentences.map(
    ({ text, verdict, citations }, i) =>
      `| ${i + 1} | ${verdict} | ${citations.map(({ id, verdict: each }) => `${plain(id)} ${each}`).join(", ")} | ${plain(text)} |`,
  );
  return ["| | Verdict | Sources | Sentence |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function failure({ text, verdict, checks }: CheckedSentence): string {
  const reasons = checks.filter(({ passed }) => !passed).map(({ id, detail }) => `  - ${plain(id)}: ${plain(detail)}`);
  return [`- **${verdict}**: ${plain(text)}`, ...reasons].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}\n\n${lines.join("\n")}`];
}

function share(part: number, whole: number, value: number): string {
  return `${part} of ${whole} (${percent(value)})`;
}

function percent(value: number): string {
  return `${Number((100 * value).toFixed(1))} %`;
}

function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#!|~&]/g, "\\$&")
    .replace(/:(?=\/\/)|\bwww(?=\.)/gi, "$&\u2060");
}
