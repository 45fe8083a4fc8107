import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";

type Block = Exclude<AIMessage["content"], string>[number];

/**
 * A thread as a client can send it: an answer that has blocks of another provider's kind (a thread goes on with another model when the first one
 * fails) becomes its words as one text, with its calls beside it, which every client reads.
 * @param isOwn whether the client itself makes such blocks
 */
export function inPlainWords(messages: readonly BaseMessage[], isOwn: (block: Block) => boolean): BaseMessage[] {
  return messages.map((message) => {
    if (!AIMessage.isInstance(message) || typeof message.content === "string") return message;
    if (message.content.every(isOwn)) return message;
    const { text, id, name, response_metadata, usage_metadata, invalid_tool_calls, tool_calls } = message;
    return new AIMessage({
      content: text,
      ...{ id, name, response_metadata, usage_metadata, invalid_tool_calls, tool_calls },
    });
  });
}

/** The same thread with what tools have answered as one text each, for a client that takes no blocks of text there. */
export function withPlainResults(messages: readonly BaseMessage[]): BaseMessage[] {
  return messages.map((message) => {
    if (!ToolMessage.isInstance(message) || typeof message.content === "string") return message;
    const { text, id, name, status, tool_call_id } = message;
    return new ToolMessage({ content: text, id, name, status, tool_call_id });
  });
}
