import type { Findings } from "./findings.js";

/** Findings as a person, or a model, reads them: Markdown, the claims a line each. */
export function findingsText({ claims, hypotheses, conflicts, gaps, notCompared }: Findings): string {
  const sections = [
    section(
      "Claims",
      claims.map(
        ({ claims: ids, text, says, contradicts, silent, certitude }) =>
          `- ${ids.join(", ")} (${certitude.toFixed(2)}): ${line(text)} Says: ${says.join(", ")}.` +
          `${contradicts.length === 0 ? "" : ` Contradicts: ${contradicts.join(", ")}.`} Silent: ${silent.length}.`,
      ),
    ),
    section(
      "Hypotheses",
      hypotheses.map(
        ({ id, text, certitude, for: pro, against }) =>
          `- ${id} (${certitude.toFixed(2)}): ${line(text)} For: ${pro.join(", ") || "none"}. Against: ${against.join(", ") || "none"}.`,
      ),
    ),
    section(
      "Conflicts",
      conflicts.map(
        ({ first, second, kind, detail, settled, reason }) =>
          `- ${first} and ${second}, ${kind}: ${detail}. ${settled === "open" ? "Open" : `Settled (${settled})`}: ${reason}`,
      ),
    ),
    section(
      "Gaps",
      gaps.map(({ about, reason }) => `- ${line(about)}: ${reason}`),
    ),
    ...(notCompared.length === 0
      ? []
      : [
          section(
            "Not compared",
            notCompared.map((text) => `- ${line(text)}`),
          ),
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(heading: string, lines: readonly string[]): string {
  return `## ${heading}\n\n${lines.length === 0 ? "None." : lines.join("\n")}`;
}

function line(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
