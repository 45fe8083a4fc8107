import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { ChatGoogle, type ChatGoogleParams } from "@langchain/google";
import { googleFunction } from "./google-schema.js";
import { inPlainWords, withPlainResults } from "./plain-words.js";
import { MAX_OUTPUT_TOKENS } from "./provider.js";

type Options = ChatGoogle["ParsedCallOptions"];
type CallOptions = NonNullable<Parameters<ChatGoogle["bindTools"]>[1]>;
type Block = Exclude<AIMessage["content"], string>[number];
type RunManager = Parameters<ChatGoogle["_generate"]>[2];

/** What its client makes of Gemini's parts; calls are made of the message's own. */
const OWN: ReadonlySet<string> = new Set([
  ...["text", "functionCall", "inlineData", "fileData", "executableCode", "codeExecutionResult"],
]);
/** In the place of the signature that Gemini 3 wants with a call of its own, for calls that it has not made: https://ai.google.dev/gemini-api/docs/thought-signatures */
const UNSIGNED = "skip_thought_signature_validator";

/** How ids begin that its client gives to calls without one, and sends to nobody. */
const MADE_UP = "lc-tool-call-";

/** Google's client, at whatever address, and with threads that others have begun: it knows neither by itself. */
class ReadingChatGoogle extends ChatGoogle {
  readonly #url: string | undefined;

  /** @param url instead of Google's own; without a version of the interface */
  constructor(fields: ChatGoogleParams, url: string | undefined) {
    super(fields);
    this.#url = url?.replace(/\/+$/, "");
  }

  override bindTools(tools: BindToolsInput[], kwargs?: CallOptions): ReturnType<ChatGoogle["bindTools"]> {
    return super.bindTools([{ functionDeclarations: tools.map(googleFunction) }], kwargs);
  }

  override async _generate(messages: BaseMessage[], options: Options, manager?: RunManager): Promise<ChatResult> {
    return await super._generate(this.#readable(messages), options, manager);
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: Options,
    manager?: RunManager,
  ): AsyncGenerator<ChatGenerationChunk> {
    yield* super._streamResponseChunks(this.#readable(messages), options, manager);
  }

  protected override async buildUrl(method?: string): Promise<string> {
    if (this.#url === undefined) return await super.buildUrl(method);
    return `${this.#url}/${this.apiVersion}/models/${this.model}:${method ?? this.urlMethod}`;
  }

  /** Its client sends the calls that stand among the blocks of an answer, and no others. */
  #readable(messages: readonly BaseMessage[]): BaseMessage[] {
    const plain = inPlainWords(withPlainResults(messages), ({ type }) => OWN.has(type));
    return plain.map((message) => {
      if (!AIMessage.isInstance(message) || (message.tool_calls ?? []).length === 0) return message;
      const { id, name, response_metadata, additional_kwargs, tool_calls = [] } = message;
      const content = [...saidIn(message), ...callsIn(message, this.model.startsWith("gemini-3"))];
      return new AIMessage({ content, id, name, response_metadata, additional_kwargs, tool_calls });
    });
  }
}

function saidIn({ content }: AIMessage): Block[] {
  if (typeof content !== "string") return content.filter(({ type }) => type !== "functionCall");
  return content === "" ? [] : [{ type: "text", text: content }];
}

/** The calls with their ids of now, and the signatures that they came with. */
function callsIn({ content, tool_calls = [] }: AIMessage, mustBeSigned: boolean): Block[] {
  const own = typeof content === "string" ? [] : content.filter(({ type }) => type === "functionCall");
  return tool_calls.map(({ id, name, args }, n) => {
    const given: unknown = Reflect.get(own[n] ?? {}, "thoughtSignature");
    // Of its own calls at once only the first one is signed.
    const signature = own.length === 0 && mustBeSigned ? UNSIGNED : given;
    const functionCall = { name, args, ...(id?.startsWith(MADE_UP) ? {} : { id }) };
    return { type: "functionCall", functionCall, ...(signature === undefined ? {} : { thoughtSignature: signature }) };
  });
}

/** A Gemini model, at Google or wherever `url` says. */
export function openChatGoogle(o: { model: string; key: string | undefined; url: string | undefined }): ChatGoogle {
  const { model, key: apiKey, url } = o;
  const limits = { maxOutputTokens: MAX_OUTPUT_TOKENS, maxRetries: 0 };
  // Without a platform it would take a key of another environment for Vertex.
  return new ReadingChatGoogle({ model, apiKey, platformType: "gai", ...limits }, url);
}
