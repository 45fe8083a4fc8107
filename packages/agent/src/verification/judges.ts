import type { Entailment, Rewording } from "@vibewriter/evidence";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";
import { AskAlone, type AskAloneOptions } from "../models/ask-alone.js";
import { ModelDesk } from "../models/desk.js";
import { type ModelEnvironment, openModel } from "../models/model.js";
import { modelEntailment } from "./model-entailment.js";
import { modelRewording } from "./model-rewording.js";

/** What judges and rewords sentences by understanding them, beside the check by text. */
export interface Judges {
  readonly entail: Entailment;
  readonly reword: Rewording;
}

/** Verdicts that are kept for the next check of a draft, which is mostly the same one. */
const MOST_KEPT = 5_000;

/** {@link judgesOf} a model by its name. @throws AgentError `unknown_model` or `missing_key` */
export async function openJudges(name: string, env: ModelEnvironment): Promise<Judges | undefined> {
  return judgesOf({ desk: ModelDesk.of({ name, model: await openModel(name, env) }) });
}

/**
 * The judges that a desk's model for them makes, with a context of their own; undefined where it is `offline`, which understands nothing.
 * @param o.mayAsk whether the run may still spend anything
 */
export function judgesOf(o: Omit<AskAloneOptions, "asker"> & { mayAsk?: () => boolean }): Judges | undefined {
  if (o.desk.of("judge").name === "offline") return undefined;
  const allow = (): void => {
    if (o.mayAsk?.() === false) throw new AgentError("model_failed", "The budget of the run is spent.");
  };
  const judge = new AskAlone({ ...o, asker: "judge" });
  const entail = modelEntailment(judge);
  const reword = modelRewording(judge);
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
    const key = sha256(question);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = await judge(o);
    if (answers.size < MOST_KEPT) answers.set(key, answer);
    return answer;
  };
}
