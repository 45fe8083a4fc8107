import { randomBytes } from "node:crypto";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { AgentError } from "../errors.js";
import { visibleText } from "../sanitize.js";
import type { Asker, ModelDesk, OpenedModel } from "./desk.js";
import { explainModelError, mayPass } from "./model-errors.js";
import { patiently } from "./patience.js";

/** One question, with its repetitions; a model that needs longer is taken for one that does not answer. */
const DEADLINE_MS = 60_000;
/** A model that does not keep to the form is asked once more, not for ever. */
const ATTEMPTS = 2;

/** Measures a call of a model that somebody makes. */
export type Measure = (model: string, call: () => Promise<AIMessage>) => Promise<AIMessage>;

export interface AskAloneOptions {
  readonly desk: ModelDesk;
  readonly asker: Asker;
  /** Milliseconds that one question may take, with its repetitions. */
  readonly deadlineMs?: number;
  /** What the run has left for it, in seconds; default: as much as it takes. */
  readonly secondsLeft?: () => number;
  /** Goes around each call; default: nobody measures. */
  readonly measure?: Measure;
  /** Is told in a sentence why a model is given up, and who takes over. */
  readonly onTakeOver?: (text: string) => Promise<void>;
}

/** What is asked: these messages, and nothing else is in the model's view, no tools and no conversation. */
export interface LoneQuestion {
  readonly messages: BaseMessage[];
  readonly signal: AbortSignal;
}

/** The form that an answer is to have. */
export interface AnswerForm<T> {
  /** What the words come to; throws for those that have another form. */
  readonly read: (text: string) => T;
  /** Whose form it is and what to do about a model that does not keep to it, as the end of a sentence for a person. */
  readonly ifNot: string;
}

/** Asks a model alone: again where that may help, and then the one that takes over. */
export class AskAlone {
  readonly #o: AskAloneOptions;

  constructor(o: AskAloneOptions) {
    this.#o = o;
  }

  /** The words of the answer. @throws AgentError with a code of models and a sentence; what `signal` was aborted with */
  async text(question: LoneQuestion): Promise<string> {
    return await this.#ask(question, (opened) => this.#words(opened, question));
  }

  /** What the answer comes to, in its form. @throws as {@link text}; `bad_answer` where no model keeps to the form */
  async inForm<T>(question: LoneQuestion, form: AnswerForm<T>): Promise<T> {
    return await this.#ask(question, async (opened) => {
      let last: unknown;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const text = await this.#words(opened, question);
        try {
          return form.read(text);
        } catch (error) {
          last = error;
        }
      }
      const message = `${opened.name} does not answer in the form that ${form.ifNot}.`;
      throw new AgentError("bad_answer", message, { cause: last });
    });
  }

  async #ask<T>({ signal }: LoneQuestion, work: (opened: OpenedModel) => Promise<T>): Promise<T> {
    const { desk, asker, onTakeOver = async () => undefined } = this.#o;
    return await desk.ask(asker, work, { isOver: () => signal.aborted, onTakeOver });
  }

  #secondsLeft(): number {
    return this.#o.secondsLeft?.() ?? Number.POSITIVE_INFINITY;
  }

  async #words({ name, model }: OpenedModel, question: LoneQuestion): Promise<string> {
    const { deadlineMs = DEADLINE_MS, measure = (_, call) => call() } = this.#o;
    const msLeft = this.#secondsLeft() * 1000;
    const ending = AbortSignal.timeout(Math.ceil(Math.min(deadlineMs, msLeft)));
    try {
      const signal = AbortSignal.any([question.signal, ending]);
      const call = () => model.invoke(question.messages, { signal });
      const answer = await measure(name, () =>
        patiently(call, { signal, helps: (error) => !signal.aborted && mayPass(error) }),
      );
      return answer.text;
    } catch (error) {
      question.signal.throwIfAborted();
      // Not by the clock: a timer may be a millisecond early, and what a call may take of the run's time is more again once its part is over.
      if (ending.aborted && msLeft < deadlineMs)
        throw new AgentError("no_time_left", "The run has no time left for this question.", { cause: error });
      throw explainModelError(name, error);
    }
  }
}

/** A mark of {@link quotedApart}, which is another one each time: the slash of an end, the name, and the mark itself. */
export const MARK = /<(\/?)([a-z-]+(?: id=\w+)?) [\w-]{12}>/g;

/** Texts from outside, each between marks of its name that cannot be known beforehand, so that nothing inside can end it. */
export function quotedApart(texts: readonly (readonly [what: string, text: string])[]): string {
  const mark = randomBytes(9).toString("base64url");
  return texts.map(([what, text]) => `<${what} ${mark}>\n${visibleText(text)}\n</${what} ${mark}>`).join("\n\n");
}
