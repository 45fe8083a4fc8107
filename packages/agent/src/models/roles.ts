import { z } from "zod";

const name = z.string().trim().min(1).max(200);

/** Who asks a model: the main agent, its researchers, and whoever checks a draft, the clean-context judge among them. */
export const MODEL_ROLES = ["planner", "researcher", "verifier"] as const;
export type ModelRole = (typeof MODEL_ROLES)[number];

/** Models by role, as a person names them; what is not named is the planner's. */
export const ModelNames = z.strictObject({
  researcher: name.optional(),
  verifier: name.optional(),
  /** Takes over where another has failed for good. */
  fallback: name.optional(),
});
export type ModelNames = z.infer<typeof ModelNames>;

/** The models of a run, by their full names. */
export type RunModels = Readonly<Record<ModelRole, string>> & { readonly fallback?: string };

/** The models of a run that has `model` for its main agent. */
export function modelsOf({ model, models }: { model: string; models: ModelNames }): RunModels {
  return {
    planner: model,
    researcher: models.researcher ?? model,
    verifier: models.verifier ?? model,
    fallback: models.fallback,
  };
}

/** All models of a run, each once, its main agent's first. */
export function namesOf({ planner, researcher, verifier, fallback }: RunModels): string[] {
  return [...new Set([planner, researcher, verifier, ...(fallback === undefined ? [] : [fallback])])];
}
