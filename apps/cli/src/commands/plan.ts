import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parsePlan, type Todo } from "@vibewriter/agent/runs";
import { codeOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { editedText } from "../editor.js";
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
      : parsePlan(await readPlan(context, o.set));
  if (wanted !== undefined) await conversations.editPlan(runId, wanted);
  const todos = wanted ?? now;
  const { terminal } = context;
  if (terminal.json) terminal.printJson({ runId, todos });
  else if (todos.length === 0) terminal.print("There is no plan yet.");
  else for (const line of planLines(todos)) terminal.print(line);
  return EXIT.done;
}

async function readPlan({ cwd, terminal }: Context, file: string): Promise<string> {
  if (file === "-") return await text(terminal.streams.stdin);
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (cause) {
    const why = codeOf(cause) === "ENOENT" ? "There is no" : "Cannot read";
    throw new UsageError(`${why} ${plain(file)}; name a file with the plan, or - for standard input.`, { cause });
  }
}

/** The plan as the person leaves it in their editor; undefined if they change nothing. */
async function edited(context: Context, todos: readonly Todo[]): Promise<Todo[] | undefined> {
  const before = `${planLines(todos).join("\n")}\n`;
  const after = await editedText(context, before, { name: "plan.md", instead: "use --set FILE" });
  return after === undefined ? undefined : parsePlan(after);
}
