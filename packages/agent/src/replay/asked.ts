import { AIMessage, type BaseMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { canonicalJson, type Json, sha256 } from "../canonical.js";
import { MARK } from "../models/ask-alone.js";
import { oneLine } from "../sanitize.js";
import type { Asked, Said } from "./recorded-call.js";

/** In the place of the run's id, which its folder, its thread and so many of its words bear. */
const RUN = "{{this run}}";

/** What differs from run to run and means nothing: times to the second or finer, random ids, the marks of quoted texts. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "{{time}}"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "{{id}}"],
  [MARK, "<$1$2 {{mark}}>"],
];
/** Characters of a new message that are kept, to say what of it is another one. */
const PREVIEW_CHARS = 2_000;
const MOST_PREVIEWS = 12;

/** Takes requests apart for one run. What it has seen of a message it does not work out again: a thread is sent anew with each call. */
export class Requests {
  readonly #runId: string;
  readonly #screen: (text: string) => string;
  readonly #digests = new WeakMap<BaseMessage, string>();

  /** @param o.screen takes secrets out of a text, as they are taken out of what a run keeps */
  constructor(o: { runId: string; screen: (text: string) => string }) {
    this.#runId = o.runId;
    this.#screen = o.screen;
  }

  /** @param o.settings names what the model may call, and how */
  asked(messages: readonly BaseMessage[], o: { role: string; settings: string }): Asked {
    const instructions = messages.filter((message) => SystemMessage.isInstance(message));
    const others = messages.filter((message) => !SystemMessage.isInstance(message));
    const digests = others.map((message) => this.#digest(message));
    return {
      role: o.role,
      key: sha256([o.role, ...digests].join("\n")),
      messages: digests,
      instructions: short(instructions.map((message) => this.#digest(message)).join("\n")),
      settings: short(o.settings),
      latest: this.#latest(others),
    };
  }

  /** A text with a placeholder for the run's id and without secrets. */
  keep(text: string): string {
    return this.#screen(text).replaceAll(this.#runId, RUN);
  }

  /** The same text for this run. */
  restore(text: string): string {
    return text.replaceAll(RUN, this.#runId);
  }

  #digest(message: BaseMessage): string {
    const known = this.#digests.get(message);
    if (known !== undefined) return known;
    const digest = short(this.#plain(canonicalJson(contentOf(message))));
    this.#digests.set(message, digest);
    return digest;
  }

  #latest(messages: readonly BaseMessage[]): Said[] {
    const since = messages.findLastIndex((message) => AIMessage.isInstance(message)) + 1;
    return messages
      .slice(Math.max(since, messages.length - MOST_PREVIEWS))
      .map((message) => ({ who: whoSaid(message), text: oneLine(this.#plain(message.text), PREVIEW_CHARS) }));
  }

  #plain(text: string): string {
    return PASSING.reduce((now, [what, instead]) => now.replace(what, instead), this.keep(text));
  }
}

/** What of a message the model gets to see; ids of messages and marks for caches are not part of it. */
function contentOf(message: BaseMessage): Json {
  const seen = {
    type: message.type,
    content: message.content,
    calls: AIMessage.isInstance(message)
      ? (message.tool_calls ?? []).map(({ id, name, args }) => ({ id, name, args }))
      : undefined,
    answers: ToolMessage.isInstance(message) ? [message.tool_call_id, message.status ?? "success"] : undefined,
  };
  const json = JSON.stringify(seen, (name, value: unknown) => (name === "cache_control" ? undefined : value));
  // Whatever JSON.stringify has written is JSON.
  return JSON.parse(json) as Json;
}

/** In words for a person. */
function whoSaid(message: BaseMessage): string {
  if (ToolMessage.isInstance(message)) return `the answer of ${message.name ?? "a tool"}`;
  return AIMessage.isInstance(message) ? "the model's own words" : "what it was told";
}

function short(text: string): string {
  return sha256(text).slice(0, 16);
}
