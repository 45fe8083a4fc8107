import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type ModelEnvironment, openModel } from "../models/model.js";
import type { RunRecord } from "../runs/record.js";
import { Requests } from "./asked.js";
import { Playback } from "./playback.js";
import { PlayedModel } from "./played-model.js";
import { recorded } from "./recorded-model.js";
import type { Recordings } from "./recordings.js";

/** What a run opens its models for. */
export type ModelUse = "agent" | "judge" | "reader";

/** Opens the models of one drive of a run. */
export type OpenRunModel = (name: string, use: ModelUse) => Promise<BaseChatModel>;

export interface RunModelsOptions {
  readonly recordings: Recordings;
  readonly record: Pick<RunRecord, "runId" | "agentId" | "drives" | "recorded">;
  readonly env: ModelEnvironment;
  /** Takes secrets out of a text. */
  readonly screen: (text: string) => string;
  readonly isOver: () => Promise<boolean>;
  readonly warn: (text: string, id: string) => Promise<void>;
}

/**
 * Models whose calls are kept with the run; or, for a run that repeats another one as it was, models that answer as that one's did, without
 * keys and without asking anybody. Opening throws the AgentErrors of {@link openModel}.
 */
export async function runModels(o: RunModelsOptions): Promise<OpenRunModel> {
  const { recordings, record } = o;
  const { runId, agentId, recorded: original } = record;
  const requests = new Requests({ runId, screen: o.screen });
  if (original === undefined) {
    const writer = recordings.writer(record, record.drives);
    return async (name, role) => recorded(await openModel(name, o.env), { role, requests, writer });
  }
  const calls = await recordings.of({ agentId, runId: original });
  const playback = new Playback({
    ...{ runId: original, calls, requests, isOver: o.isOver },
    tellChanged: (role, what) => {
      const text = `The ${what} of the model (${role}) are others than they were in ${original}; what it answered then is taken all the same.`;
      return o.warn(text, `replay.${role}.${what}`);
    },
  });
  return async (name, role) => new PlayedModel(playback, { role, name: name.slice(name.indexOf(":") + 1) });
}
