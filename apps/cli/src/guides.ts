import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { codeOf } from "@vibewriter/server";
import { ROOT } from "./context.js";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/** The text of a style guide: one of ours by its name, or a file of the person's. @throws UsageError for neither */
export async function guideText(cwd: string, name: string): Promise<string> {
  // Loaded by the commands that need it alone.
  const { GUIDES } = await import("@vibewriter/evidence/style");
  const isOurs = GUIDES.some((guide) => guide === name);
  const path = isOurs ? join(ROOT, "skills/apply-style/guides", `${name}.md`) : resolve(cwd, name);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const isMissing = codeOf(cause) === "ENOENT";
    const why = isMissing ? "There is no style guide" : "Cannot read the style guide";
    throw new UsageError(`${why} ${plain(name)}; name ${GUIDES.join(", ")}, or a Markdown file.`, { cause });
  }
}
