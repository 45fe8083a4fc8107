import { z } from "zod";
import { EvidenceError } from "../errors.js";

/** What a row of an evaluation is judged to be. */
export const Label = z.enum(["attributable", "not attributable"]);
export type Label = z.infer<typeof Label>;

/** One line of an evaluation file: what was claimed, the text it is said to rest on, and whether people found that it does. */
export const Row = z.object({ claim: z.string().min(1), reference: z.string(), label: Label });
export type Row = z.infer<typeof Row>;

const MOST_NAMED = 5;

/**
 * The rows of a JSONL file, one at a time; empty lines are passed over. Lines that are no rows are collected to the end, so that
 * they can be mended at once: then an error `invalid_input` names the first of them by their numbers.
 */
export async function* rowsOf(lines: AsyncIterable<string>): AsyncGenerator<Row> {
  const bad: string[] = [];
  let number = 0;
  let more = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const row = parse(line);
    if (typeof row !== "string") {
      // After a bad line nothing can come of the good ones; they are read only for the sake of the message.
      if (bad.length === 0) yield row;
    } else if (bad.length < MOST_NAMED) bad.push(`line ${number}: ${row}`);
    else more++;
  }
  if (bad.length === 0) return;
  const rest = more > 0 ? ` (and ${more} more)` : "";
  throw new EvidenceError(
    "invalid_input",
    `Rows are {"claim", "reference", "label": "attributable" or "not attributable"}, one a line; mend ${bad.join("; ")}${rest}.`,
  );
}

/** A row, or what is wrong with the line. */
function parse(line: string): Row | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  const parsed = Row.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return issue && issue.path.length > 0 ? `“${issue.path.join(".")}” is missing or wrong` : "it is not an object";
}
