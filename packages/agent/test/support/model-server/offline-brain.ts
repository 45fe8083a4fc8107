import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { OfflineModel } from "../../../src/offline/offline-model.js";
import type { ModelReply, ModelRequest, ServedMessage } from "./brain.js";

/** The decisions of the offline model, behind a protocol: with it a whole run is driven over HTTP. */
export async function offlineBrain({ system, messages, tools }: ModelRequest): Promise<ModelReply> {
  const names = new Map(messages.flatMap(({ calls }) => calls.map(({ id, name }) => [id, name] as const)));
  const model = new OfflineModel(new Set(tools));
  const answer = await model.invoke([
    new SystemMessage(system),
    ...messages.map((message) => messageOf(message, names.get(message.callId) ?? "")),
  ]);
  const calls = (answer.tool_calls ?? []).map(({ id, name, args }) => ({ id, name, args }));
  return { text: answer.text === "" ? undefined : answer.text, calls };
}

function messageOf({ role, text, calls, callId = "" }: ServedMessage, tool: string): BaseMessage {
  if (role === "tool") {
    // The protocols do not say that a call has failed: the tools' answers do.
    const status = /^\{"error":/.test(text) ? ("error" as const) : ("success" as const);
    return new ToolMessage({ content: text, tool_call_id: callId, name: tool, status });
  }
  if (role === "user") return new HumanMessage(text);
  const tool_calls = calls.map(({ id, name, args }) => ({
    ...{ id, name, type: "tool_call" as const },
    args: typeof args === "string" ? {} : { ...args },
  }));
  return new AIMessage({ content: text, tool_calls });
}
