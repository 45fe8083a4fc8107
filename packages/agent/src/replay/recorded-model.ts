import { BaseChatModel, type BindToolsInput } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, mapChatMessagesToStoredMessages } from "@langchain/core/messages";
import type { ChatGenerationChunk } from "@langchain/core/outputs";
import { errorCode, rootError } from "../errors.js";
import { faultIn, reasonIn, withFault } from "../models/answer.js";
import { statusOf } from "../models/model-errors.js";
import type { Requests } from "./asked.js";
import type { RecordedCall } from "./recorded-call.js";
import type { RecordingWriter } from "./recordings.js";
import { settingsOf } from "./settings.js";

/** What recording the calls of one model needs. */
export interface RecordingOptions {
  readonly role: string;
  readonly requests: Requests;
  readonly writer: RecordingWriter;
}

/**
 * The same model, whose calls are written down before their answers are used. It is the model itself in all else (its class, its name, its
 * profile), since what is around a model goes by these.
 */
export function recorded<M extends BaseChatModel>(model: M, o: RecordingOptions, settings = ""): M {
  const proxy: M = new Proxy(model, {
    get(target, name) {
      switch (name) {
        case "_generate":
          return generating(target, o, settings);
        case "_streamResponseChunks":
          // A model that does not stream is known by having the method of all models.
          return streams(target) ? streaming(target, o, settings) : BaseChatModel.prototype._streamResponseChunks;
        case "_streamChatModelEvents":
          // The one of all models goes through the method above; one way through is enough to be watched.
          return Reflect.get(BaseChatModel.prototype, name);
        case "bindTools":
          return target.bindTools && binding(target, o);
        case "withConfig":
          return (...args: Parameters<M["withConfig"]>) => again(target.withConfig.apply(proxy, args), o, settings);
        default:
          return Reflect.get(target, name, target);
      }
    },
  });
  return proxy;
}

function streams(model: BaseChatModel): boolean {
  return model._streamResponseChunks !== BaseChatModel.prototype._streamResponseChunks;
}

/** Some models give a model of their own back, others a binding of the one that they were called on. */
function again<T>(made: T, o: RecordingOptions, settings: string): T {
  return made instanceof BaseChatModel ? recorded(made, o, settings) : made;
}

function binding(model: BaseChatModel, o: RecordingOptions) {
  return (tools: BindToolsInput[], kwargs?: Parameters<NonNullable<BaseChatModel["bindTools"]>>[1]) => {
    const settings = settingsOf(tools, kwargs);
    return again(model.bindTools?.apply(recorded(model, o, settings), [tools, kwargs]), o, settings);
  };
}

function generating(model: BaseChatModel, o: RecordingOptions, settings: string): BaseChatModel["_generate"] {
  return async (messages, options, manager) => {
    const call = describe(model, messages, o, settings);
    try {
      const result = await model._generate(messages, options, manager);
      const [first] = result.generations;
      if (first !== undefined) await o.writer.keep({ ...call, answer: stored(first.message, o.requests) });
      return result;
    } catch (error) {
      throw await failed(error, { call, writer: o.writer, signal: options.signal });
    }
  };
}

function streaming(
  model: BaseChatModel,
  o: RecordingOptions,
  settings: string,
): BaseChatModel["_streamResponseChunks"] {
  return async function* (messages, options, manager) {
    const call = describe(model, messages, o, settings);
    let all: ChatGenerationChunk | undefined;
    try {
      for await (const chunk of model._streamResponseChunks(messages, options, manager)) {
        all = all === undefined ? chunk : all.concat(chunk);
        yield chunk;
      }
    } catch (error) {
      throw await failed(error, { call, writer: o.writer, signal: options.signal });
    }
    if (all === undefined || !AIMessage.isInstance(all.message)) return;
    const fault = faultIn(all.message, reasonIn(all.generationInfo));
    // One that broke off is no answer: the same is asked again.
    if (fault?.kind === "cut") return;
    const message = fault === undefined ? all.message : withFault(all.message, fault);
    await o.writer.keep({ ...call, answer: stored(message, o.requests) });
  };
}

type Call = Omit<RecordedCall, "drive" | "at" | "answer">;

function describe(
  model: BaseChatModel,
  messages: readonly BaseMessage[],
  { role, requests }: RecordingOptions,
  settings: string,
): Call {
  const contextTokens = model.profile.maxInputTokens;
  return {
    ...requests.asked(messages, { role, settings }),
    model: model.getName(),
    ...(typeof contextTokens === "number" && { contextTokens }),
  };
}

function stored(message: BaseMessage, requests: Requests): string {
  return requests.keep(JSON.stringify(mapChatMessagesToStoredMessages([message])[0]));
}

/** Writes down that a model gave no answer; that somebody did not wait for it is not its doing. */
async function failed(
  error: unknown,
  { call, writer, signal }: { call: Call; writer: RecordingWriter; signal?: AbortSignal },
): Promise<unknown> {
  const root = rootError(error);
  if (signal?.aborted || root.name === "BackboneError") return error;
  const message = root.message.slice(0, 2_000);
  const failure = { name: root.name, message, status: statusOf(root), code: errorCode(root) };
  await writer.keep({ ...call, failure });
  return error;
}
