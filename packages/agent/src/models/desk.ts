import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AgentError } from "../errors.js";
import { explainModelError, isModelFailure, isOutOfTime } from "./model-errors.js";
import { type ModelRole, namesOf, type RunModels } from "./roles.js";

/** A model with its full name. */
export interface OpenedModel {
  readonly name: string;
  readonly model: BaseChatModel;
}

/** How long a model that failed for good is passed over before it is asked again. */
const REST_MS = 5 * 60_000;
/** What a model cannot read, will not answer, or answers in no form says nothing of the next question. */
const TELLS_OF_QUESTION: ReadonlySet<string> = new Set(["context_too_long", "content_refused", "bad_answer"]);

/** Opens a model by its name, for the agents, or for the judge or the reader, who are none. */
export type OpenModel = (name: string, role: "agent" | "judge" | "reader") => Promise<BaseChatModel>;

/**
 * Who asks without a conversation: the judge of sentences asks the verifier's model, and the researcher's is asked by the one that reads pages in
 * quarantine and by programs in the VM, the `script`.
 */
export type Loner = "judge" | "reader" | "script";

/** Who asks models: a part of the agent, or one of those who ask alone. */
export type Asker = ModelRole | Loner;

/** Whom one of them asks first, and who takes over. */
interface Seat {
  readonly own: OpenedModel;
  readonly fallback?: OpenedModel;
}

/** How a failure of models goes on. */
export interface AskOptions {
  /** Whether nobody waits for the answer any more: then what failed is thrown as it is. */
  readonly isOver: () => boolean;
  /** Is told in a sentence why a model is given up, and who takes over. */
  readonly onTakeOver: (text: string) => Promise<void>;
}

/** The models of one drive of a run: for each asker one, and the one that takes over. */
export class ModelDesk {
  readonly #seats: Readonly<Record<Asker, Seat>>;
  readonly #resting = new Map<string, number>();

  private constructor(seats: Readonly<Record<Asker, Seat>>) {
    this.#seats = seats;
  }

  /** Opens what a run's roles name. Throws AgentError `unknown_model` or `missing_key`. */
  static async open(models: RunModels, open: OpenModel): Promise<ModelDesk> {
    const opened = new Map<string, OpenedModel>();
    for (const name of namesOf(models)) opened.set(name, { name, model: await open(name, "agent") });
    const get = (name: string): OpenedModel => {
      const one = opened.get(name);
      if (one === undefined) throw new Error(`${name} is a model of the run and was not opened.`);
      return one;
    };
    const { planner, researcher, verifier, fallback } = models;
    // The offline model works by the tools that it is given: who asks alone has none, and nothing of it.
    const understands = fallback === "offline" ? undefined : fallback;
    const seat = (own: string, other: string | undefined): Seat => ({
      own: get(own),
      fallback: other === undefined ? undefined : get(other),
    });
    const apart = async (own: string, use: "judge" | "reader"): Promise<Seat> => ({
      own: { name: own, model: await open(own, use) },
      fallback: understands === undefined ? undefined : { name: understands, model: await open(understands, use) },
    });
    return new ModelDesk({
      planner: seat(planner, fallback),
      researcher: seat(researcher, fallback),
      verifier: seat(verifier, fallback),
      judge: await apart(verifier, "judge"),
      reader: await apart(researcher, "reader"),
      script: seat(researcher, understands),
    });
  }

  /** The desk of one model, in the place of all: nobody takes over. */
  static of(own: OpenedModel): ModelDesk {
    return new ModelDesk({
      ...{ planner: { own }, researcher: { own }, verifier: { own } },
      ...{ judge: { own }, reader: { own }, script: { own } },
    });
  }

  /** The model that somebody asks first. */
  of(asker: Asker): OpenedModel {
    return this.#seats[asker].own;
  }

  /**
   * Does `work` with the model of an asker, or, where that has failed for good just now or lately, with the one that takes over. The only place that
   * knows of it.
   * @throws AgentError with a code of models; what failed that was no model
   */
  async ask<T>(asker: Asker, work: (opened: OpenedModel) => Promise<T>, o: AskOptions): Promise<T> {
    const asked = this.#toAsk(asker);
    for (const [place, opened] of asked.entries()) {
      try {
        return await work(opened);
      } catch (error) {
        if (o.isOver() || isOutOfTime(error)) throw error;
        const why = explainModelError(opened.name, error);
        const next = asked[place + 1];
        if (next === undefined || !isModelFailure(why)) throw why;
        if (!(why instanceof AgentError && TELLS_OF_QUESTION.has(why.code))) this.#rest(opened.name);
        await o.onTakeOver(`${why.message} ${next.name} takes over.`);
      }
    }
    throw new AgentError("model_failed", "There is no model to ask; start the run again with --model.");
  }

  #toAsk(asker: Asker): readonly OpenedModel[] {
    const { own, fallback } = this.#seats[asker];
    if (fallback === undefined || fallback.name === own.name) return [own];
    const isResting = performance.now() < (this.#resting.get(own.name) ?? 0);
    return isResting ? [fallback] : [own, fallback];
  }

  /** A model has failed for good: for a while it is passed over, whoever asks. */
  #rest(name: string): void {
    this.#resting.set(name, performance.now() + REST_MS);
  }
}
