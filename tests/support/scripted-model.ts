import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";

/** A tool call as a model asks for it. */
export interface ScriptedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Script = (first: string, turn: number) => readonly ScriptedCall[] | Promise<readonly ScriptedCall[]>;

/** What a tool answered, under the id of its call: `<who>.<turn>.<position>`. */
export interface ToolAnswer {
  readonly id: string;
  readonly text: string;
}

const Message = z.object({ role: z.string(), content: z.unknown(), tool_call_id: z.string().optional() });
const Question = z.object({ messages: z.array(Message), stream: z.boolean().optional() });

/**
 * A model behind the interface of OpenAI's chat completions that says what a script says. It has no memory: whose turn it is it takes from
 * the first message of the user, and how far the script is from the number of its own messages.
 */
export class ScriptedModel implements AsyncDisposable {
  /** The variables by which `openai:scripted` finds it. */
  readonly keys: Readonly<Record<string, string>>;
  /** Everything that was ever sent to it, as it came. */
  readonly heard: string[] = [];
  readonly #answers = new Map<string, ToolAnswer>();
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.keys = { OPENAI_API_KEY: "no-real-key", OPENAI_BASE_URL: url };
    this.#close = close;
  }

  /** @param script the calls of an agent's turn, by the first message that it got; none ends its work, an error is one of the service */
  static async open(script: Script): Promise<ScriptedModel> {
    const server = createServer(async (request, response) => {
      try {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(await model.#answer(await text(request), script)));
      } catch (error) {
        response.statusCode = 400;
        response.end(JSON.stringify({ error: { message: String(error) } }));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const model = new ScriptedModel(`http://127.0.0.1:${port}/v1`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return model;
  }

  /** What the tools answered, each call once. */
  get answers(): readonly ToolAnswer[] {
    return [...this.#answers.values()];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  async #answer(body: string, script: Script) {
    this.heard.push(body);
    const { messages, stream } = Question.parse(JSON.parse(body));
    if (stream) throw new Error("This model answers in one piece.");
    for (const { tool_call_id: id, content } of messages) {
      if (id !== undefined) this.#answers.set(id, { id, text: wordsOf(content) });
    }
    const first = wordsOf(messages.find(({ role }) => role === "user")?.content);
    const turn = messages.filter(({ role }) => role === "assistant").length;
    const calls = (await script(first, turn)).map(({ tool, args }, n) => ({
      id: `${first.split(" ").at(-1)}.${turn}.${n}`,
      type: "function",
      function: { name: tool, arguments: JSON.stringify(args) },
    }));
    const isOver = calls.length === 0;
    const message = { role: "assistant", content: isOver ? "The script is over." : "", tool_calls: calls };
    return {
      // A message with the id of an earlier one would take its place in the conversation.
      id: `scripted.${this.heard.length}`,
      object: "chat.completion",
      created: 0,
      model: "scripted",
      choices: [{ index: 0, message: isOver ? { ...message, tool_calls: undefined } : message, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
  }
}

function wordsOf(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = z.array(z.object({ text: z.string() })).safeParse(content);
  return parts.success ? parts.data.map((part) => part.text).join("") : JSON.stringify(content ?? "");
}
