import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "./context.js";
import { plain } from "./escape.js";
import { UsageError } from "./exit.js";

/**
 * A text as the person leaves it in their editor; undefined if they change nothing.
 * @param o.name of the file that they see
 * @param o.instead what does without an editor, such as `use --set FILE`
 * @throws UsageError where there is no terminal, or the editor fails
 */
export async function editedText(
  context: Context,
  before: string,
  o: { name: string; instead: string },
): Promise<string | undefined> {
  if (!context.terminal.isLive) throw new UsageError(`An editor needs a terminal; ${o.instead}.`);
  const folder = await mkdtemp(join(tmpdir(), "vibewriter-edit-"));
  try {
    const path = join(folder, o.name);
    await writeFile(path, before, { mode: 0o600 });
    await openEditor(context.env, path, o.instead);
    const after = await readFile(path, "utf8");
    return after === before ? undefined : after;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `$VISUAL`, else `$EDITOR`, with the words that stand there as its arguments; no shell is asked. */
async function openEditor(env: NodeJS.ProcessEnv, path: string, instead: string): Promise<void> {
  const [program = "vi", ...args] = (env.VISUAL || env.EDITOR || "vi").split(/\s+/).filter((word) => word !== "");
  const child = spawn(program, [...args, path], { stdio: "inherit", env });
  try {
    const [code] = await once(child, "exit");
    if (code === 0) return;
  } catch (cause) {
    throw new UsageError(`The editor ${plain(program)} cannot be started; set EDITOR, or ${instead}.`, { cause });
  }
  throw new UsageError("The editor failed, so everything stays as it is.");
}
