import { z } from "zod";

/** A file of a skill, by its path below the skill's folder. Always text: a person approves what they can read. */
export const SkillFile = z.object({ path: z.string(), executable: z.boolean(), text: z.string() });
export type SkillFile = z.infer<typeof SkillFile>;
