import { z } from "zod";
import { Grant } from "../approvals/grant.js";

/** Where a skill came from. Everything else that is said of it is about its hash. */
export const SkillOrigin = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("folder"), path: z.string() }),
  /** The run that made it, and a person has approved it. */
  z.object({ kind: z.literal("run"), run: z.string() }),
  /** An article of the knowledge base, in one version, and whose signature it carries. */
  z.object({
    kind: z.literal("choir"),
    article: z.string(),
    version: z.string(),
    author: z.string(),
    authorKey: z.string(),
  }),
]);
export type SkillOrigin = z.infer<typeof SkillOrigin>;

/** What came of a skill's own test, in a machine of its own. */
export const SkillTest = z.object({
  passed: z.boolean(),
  exitCode: z.number(),
  timedOut: z.boolean(),
  /** The end of what it printed. */
  output: z.string(),
  ms: z.number(),
  /** ISO 8601. */
  at: z.string(),
});
export type SkillTest = z.infer<typeof SkillTest>;

const about = { hash: z.string(), description: z.string(), at: z.string(), test: SkillTest.optional() };

export const InstalledSkill = z.object({
  ...about,
  from: SkillOrigin,
  /** A person's word for exactly this agent, name and hash; without it the rest of the record counts for nothing. */
  grant: Grant,
});
export type InstalledSkill = z.infer<typeof InstalledSkill>;

export const ProposedSkill = z.object({
  ...about,
  run: z.string(),
  rejected: z.object({ at: z.string(), message: z.string() }).optional(),
});
export type ProposedSkill = z.infer<typeof ProposedSkill>;

/** What there is of one name for one agent, in `VIBEWRITER_SKILLS` under `<agent>.<name>`. */
export const SkillRecord = z.object({
  agent: z.string(),
  name: z.string(),
  installed: InstalledSkill.optional(),
  /** The newest one; it takes the place of the one before. */
  proposed: ProposedSkill.optional(),
  /** The article that this home has published it as. */
  published: z.object({ article: z.string(), version: z.string(), hash: z.string(), authorKey: z.string() }).optional(),
});
export type SkillRecord = z.infer<typeof SkillRecord>;
