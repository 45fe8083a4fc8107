import { type BaseMessage, mapStoredMessagesToChatMessages } from "@langchain/core/messages";
import { AgentError } from "../errors.js";
import { oneLine } from "../sanitize.js";
import type { Requests } from "./asked.js";
import { type Asked, type RecordedCall, type Said, StoredAnswer } from "./recorded-call.js";

const EXCERPT_CHARS = 160;
/** Characters in front of a difference that are shown with it. */
const CONTEXT_CHARS = 40;

export interface PlaybackOptions {
  /** The run whose answers these are. */
  readonly runId: string;
  readonly calls: readonly RecordedCall[];
  /** Of the run that repeats it. */
  readonly requests: Requests;
  /** Whether all that a repetition is for has been done: then what comes after has no need of a record. */
  readonly isOver: () => Promise<boolean>;
  /** Is told once that the instructions or the tools of a role are others than they were. */
  readonly tellChanged: (role: string, what: "instructions" | "tools") => Promise<void>;
}

/**
 * The recorded answers of a run's models, by what was asked. In which order subagents ask does not matter; of the same request asked more than
 * once the answers come in their order, and the last one again.
 */
export class Playback {
  readonly #o: PlaybackOptions;
  readonly #byKey: ReadonlyMap<string, readonly RecordedCall[]>;
  readonly #taken = new Map<string, number>();

  constructor(o: PlaybackOptions) {
    this.#o = o;
    const groups = new Map<string, RecordedCall[]>();
    for (const call of o.calls) groups.set(call.key, [...(groups.get(call.key) ?? []), call]);
    this.#byKey = new Map([...groups].map(([key, calls]) => [key, used(calls)]));
  }

  /** The class of the model that had a role, and its context; undefined for a role that asked nothing. */
  modelOf(role: string): Pick<RecordedCall, "model" | "contextTokens"> | undefined {
    return this.#o.calls.find((call) => call.role === role);
  }

  /**
   * The answer to a request.
   * @returns undefined once the repetition is over
   * @throws AgentError `replay_diverged` for what was not asked then, and what the model failed with then
   */
  async answer(
    messages: readonly BaseMessage[],
    o: { role: string; settings: string },
  ): Promise<BaseMessage | undefined> {
    const asked = this.#o.requests.asked(messages, o);
    const call = this.#next(asked.key);
    if (call === undefined) {
      if (await this.#o.isOver()) return undefined;
      throw diverged(asked, this.#o);
    }
    if (call.instructions !== asked.instructions) await this.#o.tellChanged(o.role, "instructions");
    if (call.settings !== asked.settings) await this.#o.tellChanged(o.role, "tools");
    if (call.answer === undefined) throw failureOf(call, this.#o.runId);
    const stored = StoredAnswer.parse(JSON.parse(this.#o.requests.restore(call.answer)));
    const [message] = mapStoredMessagesToChatMessages([stored]);
    if (message === undefined) throw new Error("A stored message is a message.");
    return message;
  }

  #next(key: string): RecordedCall | undefined {
    const calls = this.#byKey.get(key) ?? [];
    const place = this.#taken.get(key) ?? 0;
    this.#taken.set(key, place + 1);
    return calls[Math.min(place, calls.length - 1)];
  }
}

/** Of the same request asked again and again, what the run went on with: in its last drive, and not what failed before an answer came. */
function used(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  const drive = Math.max(...calls.map((call) => call.drive));
  const last = calls.filter((call) => call.drive === drive);
  const answered = last.filter(({ answer }) => answer !== undefined);
  return answered.length > 0 ? answered : last;
}

function failureOf({ failure, left }: RecordedCall, runId: string): Error {
  if (failure === undefined) {
    const message = `The recording of ${runId} ends here, since ${left ?? "it was cut"}. ${ANEW}`;
    return new AgentError("replay_diverged", message);
  }
  const { name, message, status, code } = failure;
  return Object.assign(new Error(message), { name, status, ...(code !== undefined && { code }) });
}

const ANEW = "Repeat it with --model NAME to have a model asked anew.";

/** Says which request it is, and what of it is new: by the recorded request that begins like it for longest. */
function diverged(asked: Asked, { runId, calls }: PlaybackOptions): AgentError {
  const same = (call: RecordedCall): number => {
    const at = asked.messages.findIndex((digest, index) => digest !== call.messages[index]);
    return at < 0 ? asked.messages.length : at;
  };
  const ofRole = calls.filter(({ role }) => role === asked.role);
  const nearest = ofRole.reduce<RecordedCall | undefined>(
    (best, call) => (best === undefined || same(call) > same(best) ? call : best),
    undefined,
  );
  // One that is the beginning of a recorded one ended elsewhere then.
  const at = Math.min(nearest === undefined ? 0 : same(nearest), asked.messages.length - 1);
  const now = saidAt(asked, at);
  const then = nearest === undefined ? undefined : saidAt(nearest, at);
  const what = now === undefined ? " is another one" : difference(now, then);
  return new AgentError(
    "replay_diverged",
    `A request to the model (${asked.role}) is not in the recording of ${runId}: message ${at + 1}${what}. ${ANEW}`,
  );
}

/** How a message reads where it begins to be another one, now and then. */
function difference(now: Said, then: Said | undefined): string {
  if (then === undefined || then.text === now.text) return `, ${now.who}, is “${excerpt(now.text, 0)}”`;
  let same = 0;
  while (same < now.text.length && now.text[same] === then.text[same]) same++;
  const from = Math.max(0, same - CONTEXT_CHARS);
  return `, ${now.who}, is “${excerpt(now.text, from)}”, and was “${excerpt(then.text, from)}”`;
}

function excerpt(text: string, from: number): string {
  return `${from > 0 ? "…" : ""}${oneLine(text.slice(from), EXCERPT_CHARS)}`;
}

/** The message of a request at a place, if it is among those of which is kept how they begin. */
function saidAt({ messages, latest }: Asked, at: number): Said | undefined {
  return latest[at - (messages.length - latest.length)];
}
