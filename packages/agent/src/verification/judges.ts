import { createHash } from "node:crypto";
import type { Entailment, Rewording } from "@vibewriter/evidence";
import { AgentError } from "../errors.js";
import { type ModelEnvironment, openModel } from "../models/model.js";
import type { OpenRunModel } from "../replay/run-models.js";
import type { Spent } from "./ask-alone.js";
import { modelEntailment } from "./model-entailment.js";
import { modelRewording } from "./model-rewording.js";

/** What judges and rewords sentences by understanding them, beside the check by text. */
export interface Judges {
  readonly entail: Entailment;
  readonly reword: Rewording;
}

/** Verdicts that are kept for the next check of a draft, which is mostly the same one. */
const MOST_KEPT = 5_000;

/**
 * The judges that a model makes, with a context of their own; undefined for `offline`, which understands nothing.
 * @param o.mayAsk whether the run may still spend anything
 * @param o.spent is told what each question to the model has cost
 * @param o.open opens the model for a run, which keeps what it answers
 * @throws AgentError `unknown_model` or `missing_key`
 */
export async function openJudges(
  model: string,
  env: ModelEnvironment,
  o: { mayAsk?: () => boolean; spent?: Spent; open?: OpenRunModel } = {},
): Promise<Judges | undefined> {
  if (model === "offline") return undefined;
  const opened = await (o.open ?? ((name: string) => openModel(name, env)))(model, "judge");
  const allow = (): void => {
    if (o.mayAsk?.() === false) throw new AgentError("model_failed", "The budget of the run is spent.");
  };
  const entail = modelEntailment(opened, model, o.spent);
  const reword = modelRewording(opened, model, o.spent);
  return {
    entail: kept(async (question) => {
      allow();
      return await entail(question);
    }),
    reword: async (sentence) => {
      allow();
      return await reword(sentence);
    },
  };
}

/** The same question has the same answer: a sentence that was not changed is not judged again. */
function kept(judge: Entailment): Entailment {
  const answers = new Map<string, Awaited<ReturnType<Entailment>>>();
  return async (o) => {
    const question = JSON.stringify([o.claim, ...o.passages.map(({ text }) => text)]);
    const key = createHash("sha256").update(question).digest("hex");
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = await judge(o);
    if (answers.size < MOST_KEPT) answers.set(key, answer);
    return answer;
  };
}
