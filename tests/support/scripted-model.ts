import type { ModelRequest } from "../../packages/agent/test/support/model-server/brain.js";
import { ModelServer } from "../../packages/agent/test/support/model-server/model-server.js";
import { openaiProtocol } from "../../packages/agent/test/support/model-server/openai.js";

/** A tool call as a model asks for it. */
export interface ScriptedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What an agent does in its turn: calls of tools, or the words that end its work. */
type Turn = readonly ScriptedCall[] | string;

/** By the first message that the agent got, its turn, and all that it has read so far. */
type Script = (first: string, turn: number, read: readonly string[]) => Turn | Promise<Turn>;

/** What a tool answered, under the id of its call: `<who>.<turn>.<position>`. */
export interface ToolAnswer {
  readonly id: string;
  readonly text: string;
}

/**
 * A model behind the interface of OpenAI's chat completions that says what a script says. It has no memory: whose turn it is it takes from
 * the first message of the user, and how far the script is from the number of its own messages.
 */
export class ScriptedModel implements AsyncDisposable {
  /** The variables by which `openai:scripted` finds it. */
  readonly keys: Readonly<Record<string, string>>;
  readonly #server: ModelServer;

  private constructor(server: ModelServer) {
    this.keys = server.keys;
    this.#server = server;
  }

  /** @param script the calls of an agent's turn, by the first message that it got; none ends its work, an error is one of the service */
  static async open(script: Script): Promise<ScriptedModel> {
    return new ScriptedModel(await ModelServer.open(openaiProtocol, (asked) => next(asked, script)));
  }

  /** Everything that was ever sent to it, as it came. */
  get heard(): readonly string[] {
    return this.#server.asked.map(({ body }) => body);
  }

  /** What it was asked with, each once. */
  get authorizations(): ReadonlySet<string | undefined> {
    return new Set(this.#server.asked.map(({ key }) => key));
  }

  /** What the tools answered, each call once, under the id that the script gave it: in a subagent its task stands behind that. */
  get answers(): readonly ToolAnswer[] {
    const answers = new Map<string, ToolAnswer>();
    for (const { callId, text } of this.#server.asked.flatMap(({ messages }) => messages)) {
      if (callId === undefined) continue;
      const id = callId.replace(/-[0-9a-f]{8}$/, "");
      answers.set(id, { id, text });
    }
    return [...answers.values()];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

async function next({ system, messages }: ModelRequest, script: Script) {
  const first = messages.find(({ role }) => role === "user")?.text ?? "";
  const turn = messages.filter(({ role }) => role === "assistant").length;
  const usage = { input: 1, output: 1 };
  try {
    const read = [system, ...messages.filter(({ role }) => role !== "assistant").map(({ text }) => text)];
    const said = await script(first, turn, read);
    if (typeof said === "string") return { text: said, usage };
    const calls = said.map(({ tool: name, args }, n) => ({
      ...{ name, args },
      id: `${first.split(" ").at(-1)}.${turn}.${n}`,
    }));
    return calls.length === 0 ? { text: "The script is over.", usage } : { calls, usage };
  } catch (error) {
    return { status: 400, type: "scripted_error", message: String(error) };
  }
}
