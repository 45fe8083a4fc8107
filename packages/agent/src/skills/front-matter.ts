import { parseDocument } from "yaml";
import { z } from "zod";
import { visibleText } from "../sanitize.js";
import { invalid, SKILL_FILE } from "./rules.js";

const FRONT_MATTER = /^---[ \t]*\n([\s\S]{0,16384}?)\n---[ \t]*(?:\n|$)/;

/** Everything here reaches a model's prompt by way of deepagents: one visible line each, which cannot pass for a part of the prompt. */
const line = (most: number) =>
  z.string().trim().min(1).max(most).refine(isVisibleLine, "must be one line of visible text");

/** What Agent Skills define, and nothing else. */
const FrontMatter = z.strictObject({
  name: z.string(),
  description: z.string().trim().min(1).refine(isVisibleLine, "must be one line of visible text"),
  license: line(200).optional(),
  compatibility: line(500).optional(),
  metadata: z.record(line(64), z.union([line(500), z.number(), z.boolean()])).optional(),
  "allowed-tools": z.union([line(500), z.array(line(100)).max(50)]).optional(),
});

/**
 * Name and description of a `SKILL.md`.
 * @throws AgentError `invalid_skill` for front matter that is missing, is no YAML, is made to grow (aliases), or says something unknown
 */
export function readFrontMatter(text: string): { name: string; description: string } {
  const found = FRONT_MATTER.exec(text);
  if (!found)
    throw invalid(`Its ${SKILL_FILE} must begin with front matter between two lines of ---, at most 16 KiB long.`);
  const parsed = FrontMatter.safeParse(valuesOf(found[1] ?? ""));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "its front matter";
  throw invalid(`In its ${SKILL_FILE}, ${where}: ${issue?.message}.`, parsed.error);
}

function valuesOf(yaml: string): unknown {
  // The core schema makes plain values alone; of aliases a few lines could make millions of them.
  const document = parseDocument(yaml, { schema: "core", version: "1.2" });
  const [error] = document.errors;
  if (error !== undefined) throw invalid(`Its front matter is no YAML (${error.message.split("\n")[0]}).`, error);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw invalid("Its front matter has aliases: write the values out.", cause);
  }
}

/** YAML can write in escapes what the text itself does not show. */
function isVisibleLine(text: string): boolean {
  return visibleText(text) === text && !/[\n\u2028\u2029]/.test(text.trim());
}
