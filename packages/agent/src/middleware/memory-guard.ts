import { ToolMessage } from "@langchain/core/messages";
import { type Command, isCommand } from "@langchain/langgraph";
import { createMiddleware } from "langchain";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { changeOf, entryAt, type MemoryChange } from "../memory/change.js";
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
      if (name === "read_file") await tellOrigin(context, args.file_path);
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

/** An entry that came from outside, and a file that is not what is stored, are from outside for whoever reads them. */
async function tellOrigin(context: ToolContext, file: unknown): Promise<void> {
  const path = entryAt(file);
  if (path === undefined) return;
  const entry = (await context.memories.find(path))?.entry;
  const bytes = await context.workspace.read(`/memories/${path}`);
  if (bytes === undefined) return;
  if (entry === undefined || entry.sha256 !== sha256(bytes) || (entry.taint ?? []).length > 0) {
    context.taint.saw(markOf("memory", `/memories/${path}`));
  }
}
