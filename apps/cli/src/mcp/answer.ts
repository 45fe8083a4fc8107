import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { codeOf, messageOf, ServerError } from "@vibewriter/server";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";

/** What a tool did not do, and what to do about it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A tool's answer, as an object and as the same in JSON, since every client reads one of the two. What was refused is an answer, too: `{error: {code,
 * message}}`. What else went wrong is nobody's business but the person's, who reads it on standard error.
 */
export async function answer(
  work: () => Promise<Record<string, unknown>>,
  onTrouble: (message: string) => void,
): Promise<CallToolResult> {
  try {
    const structuredContent = await work();
    return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent };
  } catch (error) {
    return { content: [{ type: "text", text: JSON.stringify({ error: told(error, onTrouble) }) }], isError: true };
  }
}

function told(error: unknown, onTrouble: (message: string) => void): { code: string; message: string } {
  if (error instanceof Refusal || error instanceof ServerError || error instanceof UsageError) {
    return { code: codeOf(error), message: plain(messageOf(error)) };
  }
  onTrouble(messageOf(error));
  return { code: "internal", message: "It failed here; the standard error of vibewriter mcp says why." };
}
