import type { ClaimRow, Findings } from "@vibewriter/evidence";
import { cited, titleOf } from "../offline/draft.js";

/** A draft made of recorded claims by code alone: what each question came to, where sources disagree, what is missing. */
export function synthesize(request: string, findings: Findings): string {
  const rows = new Map(findings.claims.flatMap((row) => row.claims.map((id) => [id, row] as const)));
  const questions = [...new Set(findings.claims.map(({ question }) => question ?? ""))];
  const conflicts = findings.conflicts.flatMap(({ first, second, reason }) => {
    const pair = [rows.get(first), rows.get(second)].flatMap((row) => row ?? []);
    return pair.length === 2 ? [`- ${pair.map(statement).join(" ")} ${reason}`] : [];
  });
  const sections = [
    `# ${titleOf(request)}`,
    "The run ended before its report was written. What follows are the claims that its researchers had recorded, put together without a writer.",
    ...questions.map((question) => {
      const own = findings.claims.filter((row) => (row.question ?? "") === question);
      const lines = [...own].sort((a, b) => b.certitude - a.certitude).map((row) => `- ${statement(row)}`);
      return section(question === "" ? "Findings" : question, lines);
    }),
    ...(findings.hypotheses.length === 0 ? [] : [section("Hypotheses", findings.hypotheses.map(judged))]),
    ...(conflicts.length === 0 ? [] : [section("Where the sources disagree", conflicts)]),
    ...(findings.gaps.length === 0 ? [] : [section("What is missing", findings.gaps.map(missing))]),
    ...(findings.notCompared.length === 0
      ? []
      : [
          section(
            "What was not compared",
            findings.notCompared.map((text) => `- ${heading(text)}`),
          ),
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function statement({ text, says }: ClaimRow): string {
  return cited(text.replace(/\s+/g, " ").trim(), says.join(", "));
}

function missing({ about, reason }: Findings["gaps"][number]): string {
  const named = heading(about);
  return `- ${named}${/[.?!]$/.test(named) ? "" : ":"} ${reason}`;
}

/** What speaks for a hypothesis, and how sure that makes it; none of its sources says it itself. */
function judged({ id, text, certitude, for: pro, against }: Findings["hypotheses"][number]): string {
  return `- ${id}, “${heading(text)}”: certitude ${certitude.toFixed(2)}; claims for it: ${pro.length}, against it: ${against.length}.`;
}

function section(title: string, lines: readonly string[]): string {
  return `## ${heading(title)}\n\n${lines.join("\n")}`;
}

/** A line that is a line, whatever stands in it. */
function heading(text: string): string {
  return text
    .replace(/[\\`*_[\]<#]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
