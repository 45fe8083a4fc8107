import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { type Command, isCommand, isGraphBubbleUp } from "@langchain/langgraph";
import { withOperations } from "@vibewriter/microvm";
import { createMiddleware } from "langchain";
import { errorCode, rootError } from "../errors.js";
import { type RunEvent, Todo } from "../runs/event.js";
import { oneLine } from "../sanitize.js";
import { isAnswer } from "../tools/refusal.js";
import { sourceReadBy, summarizeCall, summarizeResult } from "./summaries.js";
import { duringTask, taskAtWork } from "./task.js";

/** Where events go. The same id is stored once, however often a step is done again. */
export type EmitEvent = (event: RunEvent, id: string) => Promise<void>;

/**
 * What surrounds every model and tool call of one agent: events with ids that a repetition has again, operation ids for what a tool call
 * does in the VM, and errors as answers where the model can do something about them.
 * @param o.thread names what it does in the VM, so that another attempt of a run does it again
 * @param o.agent `vibewriter` or the subagent's name
 */
export function runScope(o: { thread: string; agent: string; emit: EmitEvent }) {
  return createMiddleware({
    name: "RunScope",
    async wrapModelCall(request, handler) {
      const task = taskAtWork();
      const message = await handler(request);
      const text = message.text.trim();
      if (text !== "") {
        // By what it answers, which has the same id when the call is made again; their number falls when messages are summarized.
        const id = `message.${task ?? "main"}.${request.messages.at(-1)?.id ?? request.messages.length}`;
        await o.emit({ type: "message", data: { agent: o.agent, task, text } }, id);
      }
      return message;
    },
    async wrapToolCall(request, handler) {
      const { name, args } = request.toolCall;
      const id = request.toolCall.id ?? "";
      const task = taskAtWork();
      const started = Date.now();
      await announce(o, { id, name, args, task });
      try {
        const result =
          name === "task"
            ? // What a subagent does in the VM is named by its own tool calls: a name for the whole task would depend on their order.
              await duringTask(id, async () => await handler(request))
            : await withOperations(`${o.thread}.${id}`, async () => await handler(request));
        await conclude(o, { id, name, args, task, started, result });
        return result;
      } catch (error) {
        const root = rootError(error);
        if (isGraphBubbleUp(root) || request.runtime.signal?.aborted) throw error;
        // Any other error ends the drive, and the run goes on from its last checkpoint.
        if (!isAnswer(root)) throw error;
        const content = JSON.stringify({ error: { code: errorCode(root) ?? "failed", message: root.message } });
        const result = new ToolMessage({ content, tool_call_id: id, name, status: "error" });
        await conclude(o, { id, name, args, task, started, result });
        return result;
      }
    },
  });
}

interface Scope {
  readonly agent: string;
  readonly emit: EmitEvent;
}

interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly task: string | undefined;
}

async function announce(scope: Scope, { id, name, args, task }: ToolCall): Promise<void> {
  if (name === "task") {
    const said = String(args.description);
    const question = /^Question: (.+)$/m.exec(said)?.[1];
    const hypotheses = [...said.matchAll(/^(?:Hypothesis )?(H\d{1,2}): (.+)$/gim)].map(([, name = "", text = ""]) => ({
      id: name.toUpperCase(),
      text: oneLine(text, 300),
    }));
    const data = {
      id,
      name: String(args.subagent_type),
      description: oneLine(said, 400),
      question: question === undefined ? undefined : oneLine(question, 300),
      ...(hypotheses.length > 0 && { hypotheses }),
    };
    await scope.emit({ type: "subagent.started", data }, `${id}.started`);
  } else if (name === "write_todos") {
    const todos = Todo.array().safeParse(args.todos);
    if (todos.success) await scope.emit({ type: "plan", data: { todos: todos.data } }, `${id}.plan`);
  } else {
    const data = { id, tool: name, agent: scope.agent, task, summary: summarizeCall(name, args) };
    await scope.emit({ type: "tool.started", data }, `${id}.started`);
  }
}

async function conclude(scope: Scope, o: ToolCall & { started: number; result: ToolMessage | Command }): Promise<void> {
  if (o.name === "write_todos") return;
  const message = messageIn(o.result);
  const ok = message?.status !== "error";
  const summary = summarizeResult(o.name, message?.text ?? "", ok);
  const ms = Date.now() - o.started;
  if (o.name === "task") {
    const data = { id: o.id, name: String(o.args.subagent_type), ok, summary, ms };
    await scope.emit({ type: "subagent.finished", data }, `${o.id}.finished`);
  } else {
    const source = sourceReadBy(o.name, message?.text ?? "", ok);
    const data = { id: o.id, tool: o.name, agent: scope.agent, task: o.task, ok, summary, source, ms };
    await scope.emit({ type: "tool.finished", data }, `${o.id}.finished`);
  }
}

/** The message in what a tool has answered. */
export function messageIn(result: ToolMessage | Command): ToolMessage | undefined {
  if (!isCommand(result)) return result;
  const update: unknown = result.update;
  if (typeof update !== "object" || update === null || !("messages" in update) || !Array.isArray(update.messages))
    return undefined;
  return update.messages.findLast((message: BaseMessage) => ToolMessage.isInstance(message));
}
