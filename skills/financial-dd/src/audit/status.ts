/** What became of a finding, as far as the report says so. */
export type Status = "fixed" | "acknowledged" | "partly fixed" | "open" | "not said";

const DONE = "fixed|resolved|closed|addressed|mitigated|remediated";
/** What a report writes where it writes nothing but the status: "Fixed in 9f8e7d6", "Won't fix". "Fixed-point" is none. */
const AS_A_WORD: readonly (readonly [RegExp, Status])[] = [
  [new RegExp(`^partial(?:ly)?\\s+(?:${DONE})\\b`, "i"), "partly fixed"],
  [
    new RegExp(
      `^(?:(?:not|un)[\\s-]?(?:yet\\s+)?(?:${DONE})|open|pending|unresolved|to do|won'?t\\s+fix)\\b(?!-)`,
      "i",
    ),
    "open",
  ],
  [/^(?:acknowledged|(?:risk\s+)?accepted|disputed|by\s+design)\b(?!-)/i, "acknowledged"],
  [new RegExp(`^(?:${DONE}|fix(?:\\s+(?:confirmed|verified|applied|merged)))\\b(?!-)`, "i"), "fixed"],
];
/** What a sentence says of it. That it "should be fixed" says nothing. */
const AS_A_SENTENCE: readonly (readonly [RegExp, Status])[] = [
  [new RegExp(`\\b(?:been|was|were|is|are)\\s+(?:only\\s+)?partial(?:ly)?\\s+(?:${DONE})\\b`, "i"), "partly fixed"],
  [
    new RegExp(
      `\\b(?:not|never)\\s+(?:yet\\s+)?(?:been\\s+)?(?:${DONE})\\b|\\b(?:remains?|is\\s+still)\\s+(?:open|un(?:${DONE}))\\b|\\bwill\\s+not\\s+(?:be\\s+)?fix`,
      "i",
    ),
    "open",
  ],
  [
    /\b(?:ha(?:s|ve)|was|were|is|are)\s+(?:been\s+)?(?:acknowledged|accepted)\b|\b(?:team|client|developers?|protocol)\s+(?:acknowledged|accepted)\b|\backnowledges?\s+(?:the|this|it)\b/i,
    "acknowledged",
  ],
  [
    new RegExp(
      `\\b(?:ha(?:s|ve)\\s+been|(?:was|were)(?:\\s+since)?|(?:is|are)\\s+now)\\s+(?:${DONE})\\b(?!-)|\\b(?:team|client|developers?|protocol)\\s+(?:${DONE})\\b|\\b(?:${DONE})\\s+(?:in|by|with|at)\\s+(?:commit|pr|pull\\s+request|version|v\\d|#\\d|\\[?\`?[0-9a-f]{7,40}\\b)`,
      "i",
    ),
    "fixed",
  ],
];
const LABEL =
  /^\W*(?:status|remediation(?:\s+status)?|resolution(?:\s+status)?|fix\s+(?:status|review)|(?:team|client|developer|protocol|project)?(?:'s)?\s*(?:response|comments?|update)|update)\W*(?:[:|\u2014-]|\s*$)\W*/i;

/** The status in one cell of a table, or after a label; undefined if it is about something else. */
export function statusIn(cell: string): Status | undefined {
  const words = cell.replace(/[*_`[\]~]|^[^\p{L}]+/gu, "").trim();
  return words.length > 120 ? undefined : AS_A_WORD.find(([pattern]) => pattern.test(words))?.[1];
}

/** The status of a finding by the lines of its section: a line that is there to say it counts before a sentence. */
export function statusOf(lines: readonly string[]): Status {
  for (const [at, line] of lines.entries()) {
    const label = LABEL.exec(line);
    if (label === null) continue;
    const rest = line.slice(label[0].length).trim();
    const value = rest !== "" ? rest : (lines.slice(at + 1).find((next) => next.trim() !== "") ?? "");
    const found = statusIn(value) ?? sentenceIn(value);
    if (found !== undefined) return found;
  }
  const inline = lines.flatMap((line) => /\bstatus\s*[:|]\W*(.*)$/i.exec(line)?.[1] ?? []);
  for (const value of inline) {
    const found = statusIn(value);
    if (found !== undefined) return found;
  }
  const alone = lines.slice(1).find((line) => line.trim().length <= 40 && statusIn(line) !== undefined);
  return (alone === undefined ? undefined : statusIn(alone)) ?? sentenceIn(lines.slice(1).join(" ")) ?? "not said";
}

function sentenceIn(text: string): Status | undefined {
  return AS_A_SENTENCE.find(([pattern]) => pattern.test(text))?.[1];
}
