import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type ModelRole, namesOf, type RunModels } from "./roles.js";

/** A model with its full name. */
export interface OpenedModel {
  readonly name: string;
  readonly model: BaseChatModel;
}

/** How long a model that failed for good is passed over before it is asked again. */
const REST_MS = 5 * 60_000;

/** Opens a model by its name, for the agents, or for the judge or the reader, who are none. */
export type OpenModel = (name: string, role: "agent" | "judge" | "reader") => Promise<BaseChatModel>;

/** The models of one drive of a run: for each role one, each opened once, and the one that takes over. */
export class ModelDesk {
  /** The verifier's, for the one that judges sentences without a conversation. */
  readonly judge: OpenedModel;
  /** The researcher's, for the one that reads pages in quarantine. */
  readonly reader: OpenedModel;
  readonly #roles: Readonly<Record<ModelRole, OpenedModel>>;
  readonly #fallback: OpenedModel | undefined;
  readonly #resting = new Map<string, number>();

  private constructor(o: {
    roles: Readonly<Record<ModelRole, OpenedModel>>;
    judge: OpenedModel;
    reader: OpenedModel;
    fallback: OpenedModel | undefined;
  }) {
    this.judge = o.judge;
    this.reader = o.reader;
    this.#roles = o.roles;
    this.#fallback = o.fallback;
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
    return new ModelDesk({
      roles: { planner: get(planner), researcher: get(researcher), verifier: get(verifier) },
      judge: { name: verifier, model: await open(verifier, "judge") },
      reader: { name: researcher, model: await open(researcher, "reader") },
      fallback: fallback === undefined ? undefined : get(fallback),
    });
  }

  of(role: ModelRole): OpenedModel {
    return this.#roles[role];
  }

  /** Who is asked for a role, one after the other: its model, unless it has just failed, and then the one that takes over. */
  toAsk(role: ModelRole): readonly OpenedModel[] {
    const own = this.#roles[role];
    const other = this.#fallback;
    if (other === undefined || other.name === own.name) return [own];
    const isResting = performance.now() < (this.#resting.get(own.name) ?? 0);
    return isResting ? [other] : [own, other];
  }

  /** A model has failed for good: for a while it is passed over. */
  rest(name: string): void {
    this.#resting.set(name, performance.now() + REST_MS);
  }
}
