import type { BindToolsInput } from "@langchain/core/language_models/chat_models";

/** What a model may call, and whether it may, as text that is compared. The schemas of tools are left out: they are large, and sent with every call. */
export function settingsOf(tools: readonly BindToolsInput[], kwargs: object | undefined): string {
  const choice: unknown = kwargs === undefined ? undefined : Reflect.get(kwargs, "tool_choice");
  return JSON.stringify([tools.map(named), choice ?? null]);
}

function named(tool: BindToolsInput): unknown {
  const inner: unknown = "function" in tool ? tool.function : tool;
  if (typeof inner !== "object" || inner === null) return null;
  return [Reflect.get(inner, "name"), Reflect.get(inner, "description")];
}
