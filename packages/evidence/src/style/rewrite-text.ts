import type { Rewrite } from "./compare.js";

/** What came of comparing a rewrite, for a person or a model: what was compared, what has changed, and what nobody has compared. */
export function rewriteText({ changes, reworded }: Rewrite): string {
  const lines =
    changes.length === 0
      ? [
          "No number, date, name, quotation, citation, denial, direction, degree of certainty, extent or cause has changed, and no statement has come or gone.",
        ]
      : [
          `Undo it: ${changes.length === 1 ? "one thing is" : `${changes.length} things are`} said otherwise than before.`,
          ...changes.map(({ kind, message }) => `${kind}: ${message}`),
        ];
  if (reworded.length === 0) return lines.join("\n");
  return [
    ...lines,
    "In other words than before, which code does not compare by what they mean; read whether they say the same:",
    ...reworded.map(({ before, after }) => {
      if (before === undefined) return `- new: “${after}”`;
      return after === undefined ? `- gone: “${before}”` : `- “${before}” -> “${after}”`;
    }),
  ].join("\n");
}
