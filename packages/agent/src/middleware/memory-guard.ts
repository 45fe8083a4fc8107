import { ToolMessage } from "@langchain/core/messages";
import { type Command, isCommand } from "@langchain/langgraph";
import { createMiddleware } from "langchain";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { changeOf, entryAt, type MemoryChange, textOf } from "../memory/change.js";
import type { Leave } from "../memory/gate.js";
import { isPersonsOwn } from "../memory/persons-words.js";
import { jsonOf } from "../policy/arguments.js";
import { askInGraph } from "../policy/ask.js";
import { permit } from "../policy/permit.js";
import { rulingOn } from "../policy/policy.js";
import type { JsonObject } from "../runs/record.js";
import { markOf, union } from "../taint/origin.js";
import type { ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";

const Kept = z.object({ content: z.string(), status: z.enum(["success", "error"]) });

export interface MemoryGuardOptions {
  readonly context: ToolContext;
  /** What the person has said, whose own words need nobody's leave. */
  readonly turns: () => Promise<readonly string[]>;
}

/**
 * Nothing from outside becomes memory without a person: a change of `/memories` by an agent that has seen any asks first. What a call answered
 * is kept, so that a run that repeats this one changes nothing of the memory and is told the same. Reading an entry brings along where it came from.
 */
export function memoryGuard(o: MemoryGuardOptions) {
  const { context } = o;
  return createMiddleware({
    name: "MemoryGuard",
    async wrapToolCall(request, handler) {
      const { id = "", name, args } = request.toolCall;
      const read = name === "read_file" ? entryAt(args.file_path) : undefined;
      if (read !== undefined) {
        const answer = await handler(request);
        await tellOrigin(context, read, answer);
        return answer;
      }
      const change = await changeOf(name, args, context.memories);
      if (change === undefined) return await handler(request);
      let command: Command | undefined;
      const kept = await context.answers.of("memory_write", { call: id }, async () => {
        if (context.replays !== undefined)
          throw new Refusal("replayed", `This run repeats ${context.replays}: it changes nothing of the memory.`);
        const leave = await allow(o, change, { tool: name, args: jsonOf(args) });
        let status: z.infer<typeof Kept>["status"] = "error";
        try {
          const result = await handler(request);
          if (isCommand(result)) command = result;
          const message = isCommand(result) ? undefined : result;
          if (message?.status !== "error") status = "success";
          return { text: JSON.stringify({ content: message?.text ?? "", status }), isWhole: true };
        } finally {
          if (status === "error" && leave !== undefined) context.gate.withdraw(change.path, leave);
        }
      });
      if (command !== undefined) return command;
      const { content, status } = Kept.parse(JSON.parse(kept));
      return new ToolMessage({ content, status, tool_call_id: id, name });
    },
  });
}

/** Returns when the change may be made, with the leave for it; without one where it makes of the memory what it is. @throws Refusal */
async function allow(
  { context, turns }: MemoryGuardOptions,
  change: MemoryChange,
  call: { tool: string; args: JsonObject },
): Promise<Leave | undefined> {
  const { path, entry, version, sha256: digest } = change;
  if (digest === entry?.sha256) return undefined;
  const marks = await context.taint.of();
  // Where the policy asks, or says no, it does so whoever's words these are.
  const isForTaint = rulingOn(context.policy, "memory_write", marks).by === "taint";
  const isPersons = isForTaint && isPersonsOwn(change, await turns());
  if (isPersons) {
    const why = "These are the person's own words.";
    context.audit.record({
      kind: "decision",
      what: `memory_write by ${call.tool}`,
      outcome: "allowed",
      why,
      by: "person",
    });
  } else {
    // What is there by then is part of it: the same change of something else is another one.
    const effectKey = `memory:${sha256(`${context.scope}\n${path}\n${version}\n${digest ?? "deleted"}`)}`;
    const what =
      digest === undefined ? "Forget" : entry === undefined ? "Remember this in" : "Change what is remembered in";
    const question = `${what} “/memories/${path}”?`;
    const effect = { operation: "memory_write" as const, ...call, names: { version }, effectKey, question };
    await permit(context, effect, askInGraph);
  }
  // What has come from outside stays so, whoever adds to it.
  const taint = union(entry?.taint ?? [], isPersons ? [] : marks);
  return context.gate.allow(path, { sha256: digest, version: entry === undefined ? 0 : version, marks: taint });
}

/**
 * An entry that came from outside, and what does not stand in the entry that is stored, are from outside for whoever reads them. What was read is
 * looked at, and not the file once more: a program may have changed it in between.
 */
async function tellOrigin(context: ToolContext, path: string, answer: ToolMessage | Command): Promise<void> {
  const read = isCommand(answer) ? "" : contentIn(answer);
  // Nothing was read: that there is no such file is this program's word.
  if (read === undefined) return;
  const entry = (await context.memories.find(path))?.entry;
  const isStored = textOf(entry)?.includes(read) === true;
  if (!isStored || (entry?.taint ?? []).length > 0) context.taint.saw(markOf("memory", `/memories/${path}`));
}

/** The header that deepagents puts above what it has read; all that is below is the file's. */
const HEADER = /^@@ .* @@$/m;

/** What an answer of `read_file` has of the file; undefined where there is nothing of it. */
function contentIn({ content, text }: ToolMessage): string | undefined {
  const isText = typeof content === "string" || content.every(({ type }) => type === "text");
  const header = HEADER.exec(text);
  if (header === null) return isText ? undefined : "";
  return text.slice(header.index + header[0].length + 1);
}
