import { BaseCallbackHandler, type HandleLLMNewTokenCallbackFields } from "@langchain/core/callbacks/base";
import { AIMessageChunk } from "@langchain/core/messages";
import { z } from "zod";
import { AgentError } from "../errors.js";
import { type Usage, usageOf } from "../telemetry/usage.js";
import { reasonIn } from "./answer.js";

/** What one answer may take. */
export interface AnswerLimits {
  /** Characters of words and of arguments: a model that does not stop is stopped. */
  readonly characters: number;
  /** Milliseconds without anything new, from the first word on; before it a model may think as long as the whole answer may take. */
  readonly silenceMs: number;
  readonly wholeMs: number;
}

export const ANSWER_LIMITS: AnswerLimits = { characters: 400_000, silenceMs: 120_000, wholeMs: 900_000 };

/** Of words in European languages and of JSON, about. */
const CHARACTERS_A_TOKEN = 4;

/** What of an answer has come so far. */
export interface Written {
  /** The words of the last pieces; empty while a tool call is written. */
  readonly text: string;
  /** The tool whose call is being written. */
  readonly tool?: string;
  /** Characters of the whole answer so far. */
  readonly characters: number;
}

const Blocked = z.object({ chunk: z.object({ promptFeedback: z.object({ blockReason: z.string() }) }) });

/** Sees an answer as it is written: asks for it in pieces, tells them, and ends it when it takes too much. */
export class AnswerWatch extends BaseCallbackHandler implements Disposable {
  override readonly name = "AnswerWatch";
  /** Has the model write in pieces. */
  readonly lc_prefer_streaming = true;
  override awaitHandlers = true;
  readonly #limits: AnswerLimits;
  readonly #model: string;
  readonly #tell: (written: Written) => void;
  readonly #ending = new AbortController();
  readonly #whole: NodeJS.Timeout;
  #silence: NodeJS.Timeout | undefined;
  #characters = 0;
  #tool: string | undefined;
  #reason: string | undefined;
  #usage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

  /** @param o.model its full name, for the sentence that says why it was ended */
  constructor(o: { model: string; limits: AnswerLimits; tell: (written: Written) => void }) {
    super();
    this.#limits = o.limits;
    this.#model = o.model;
    this.#tell = o.tell;
    this.#whole = this.#after(o.limits.wholeMs);
  }

  /** Aborts when the answer takes too much; the reason is an AgentError `model_busy` or `bad_answer`. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Why the answer ended, where the pieces say it and the message does not. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /**
   * What an answer that broke off has taken: what the provider has said by then, and at least a token for so many characters as came. undefined if
   * nothing came.
   */
  get usage(): Usage | undefined {
    const output = Math.max(this.#usage.output, Math.ceil(this.#characters / CHARACTERS_A_TOKEN));
    return this.#usage.input + output === 0 ? undefined : { ...this.#usage, output };
  }

  /** Whether it was ended because it did not end itself. */
  get isEndless(): boolean {
    return this.#characters > this.#limits.characters;
  }

  override handleLLMNewToken(
    token: string,
    _index: unknown,
    _runId: string,
    _parentRunId?: string,
    _tags?: string[],
    fields?: HandleLLMNewTokenCallbackFields,
  ): void {
    const chunk = fields?.chunk !== undefined && "message" in fields.chunk ? fields.chunk : undefined;
    const calls = AIMessageChunk.isInstance(chunk?.message) ? callsIn(chunk.message) : [];
    this.#reason = reasonIn(chunk?.generationInfo) ?? this.#reason;
    this.#usage = sum(this.#usage, usageOf(chunk?.message));
    // Some give the arguments of a call as its token as well.
    const text = calls.length > 0 ? "" : token;
    if (calls.length > 0) this.#tool = calls.at(-1)?.name || this.#tool;
    else if (text !== "") this.#tool = undefined;
    this.#characters += text.length + calls.reduce((sum, { written }) => sum + written.length, 0);
    clearTimeout(this.#silence);
    if (this.isEndless) {
      this.#end("bad_answer", "wrote without an end");
      return;
    }
    this.#silence = this.#after(this.#limits.silenceMs);
    this.#tell({ text, tool: this.#tool, characters: this.#characters });
  }

  /** Of a question that it does not take Google tells in a piece without an answer, which its client hands to nobody else. */
  override handleCustomEvent(_name: string, data: unknown): void {
    const feedback = Blocked.safeParse(data).data?.chunk.promptFeedback;
    if (feedback !== undefined) this.#reason = "SAFETY";
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#silence);
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#end("model_busy", "has stopped in the middle of its answer"), ms);
  }

  #end(code: "model_busy" | "bad_answer", what: string): void {
    const message = `${this.#model} ${what}; wait a little, then resume the run, or start it with another --model.`;
    this.#ending.abort(new AgentError(code, message));
  }
}

/** The calls, or pieces of calls, that came with a piece of an answer: some models write them, others have them come whole. */
function callsIn({ tool_call_chunks = [], tool_calls = [] }: AIMessageChunk): { name?: string; written: string }[] {
  if (tool_call_chunks.length > 0) return tool_call_chunks.map(({ name, args = "" }) => ({ name, written: args }));
  return tool_calls.map(({ name, args }) => ({ name, written: JSON.stringify(args) }));
}

function sum(all: Usage, one: Usage | undefined): Usage {
  return {
    input: all.input + (one?.input ?? 0),
    output: all.output + (one?.output ?? 0),
    cacheRead: all.cacheRead + (one?.cacheRead ?? 0),
    cacheWrite: all.cacheWrite + (one?.cacheWrite ?? 0),
  };
}
