import type { Judges } from "@vibewriter/agent";
import type { Context } from "../../context.js";

/** The judges that a model makes; undefined without a model, and for `offline`. @throws AgentError `unknown_model`, `missing_key` */
export async function judgesOf(context: Context, model: string | undefined): Promise<Judges | undefined> {
  if (model === undefined) return undefined;
  const { openJudges } = await import("@vibewriter/agent");
  return await openJudges(model, context.env);
}
