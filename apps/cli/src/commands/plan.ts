import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parsePlan, type Todo } from "@vibewriter/agent/runs";
import { codeOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { planLines } from "../view/plan.js";

/** `vibewriter runs plan RUN`: shows the plan, or puts another one in its place. */
export async function plan(context: Context, runId: string, o: { edit?: boolean; set?: string }): Promise<ExitCode> {
  if (o.edit && o.set !== undefined) throw new UsageError("Give --edit or --set, not both.");
  const { conversations } = await connect(context);
  const now = await conversations.plan(runId);
  const wanted = o.edit
    ? await edited(context, now)
    : o.set === undefined
      ? undefined
      : parsePlan(await readPlan(context.cwd, o.set));
  if (wanted !== undefined) await conversations.editPlan(runId, wanted);
  const todos = wanted ?? now;
  const { terminal } = context;
  if (terminal.json) terminal.printJson({ runId, todos });
  else if (todos.length === 0) terminal.print("There is no plan yet.");
  else for (const line of planLines(todos)) terminal.print(line);
  return EXIT.done;
}

async function readPlan(cwd: string, file: string): Promise<string> {
  if (file === "-") return await text(process.stdin);
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (cause) {
    const why = codeOf(cause) === "ENOENT" ? "There is no" : "Cannot read";
    throw new UsageError(`${why} ${plain(file)}; name a file with the plan, or - for standard input.`, { cause });
  }
}

/** The plan as the person leaves it in their editor; undefined if they change nothing. */
async function edited(context: Context, todos: readonly Todo[]): Promise<Todo[] | undefined> {
  if (!context.terminal.isLive) throw new UsageError("--edit needs a terminal; use --set FILE.");
  const folder = await mkdtemp(join(tmpdir(), "vibewriter-plan-"));
  try {
    const path = join(folder, "plan.md");
    const before = `${planLines(todos).join("\n")}\n`;
    await writeFile(path, before, { mode: 0o600 });
    await openEditor(context.env, path);
    const after = await readFile(path, "utf8");
    return after === before ? undefined : parsePlan(after);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `$VISUAL`, else `$EDITOR`, with the words that stand there as its arguments; no shell is asked. */
async function openEditor(env: NodeJS.ProcessEnv, path: string): Promise<void> {
  const [program = "vi", ...args] = (env.VISUAL || env.EDITOR || "vi").split(/\s+/).filter((word) => word !== "");
  const child = spawn(program, [...args, path], { stdio: "inherit", env });
  try {
    const [code] = await once(child, "exit");
    if (code === 0) return;
  } catch (cause) {
    throw new UsageError(`The editor ${plain(program)} cannot be started; set EDITOR, or use --set FILE.`, { cause });
  }
  throw new UsageError("The editor failed, so the plan stays as it is.");
}
