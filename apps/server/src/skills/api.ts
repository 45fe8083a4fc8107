import { OfferedSkill, ShownSkill, SkillInfo, SkillTest } from "@vibewriter/agent/runs";
import { z } from "zod";

/** What is said of the skills of agents between the owner process and its clients. Times are ISO 8601. */

const agent = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "An agent's id is up to 32 lower-case letters, digits and hyphens.");
const hash = z.string().regex(/^[0-9a-f]{64}$/, "A skill's hash is a SHA-256 in lower-case hexadecimal.");
/** A folder of the server's host, by its absolute path, or an article by its id, `<id>@<version>`. */
const source = z.union([
  z.strictObject({ path: z.string().startsWith("/", "A folder is named by its absolute path.") }),
  z.strictObject({ article: z.string().min(1).max(200) }),
]);
/** Which of those of one name; absent: what is installed, else what is proposed. */
const proposed = z.boolean().optional();

export const SkillsQuery = z.object({ agent });
export const SkillQuery = z.object({ agent, proposed: z.stringbool().optional() });
export const LookAtSkill = z.strictObject({ agent, source });
/** `hash`: of what the person has looked at. */
export const AddSkill = z.strictObject({ agent, source, hash, replace: z.boolean().default(false) });
export type AddSkill = z.input<typeof AddSkill>;
export const DecideSkill = z.strictObject({
  agent,
  hash,
  decision: z.enum(["approve", "reject"]),
  message: z.string().max(2_000).default(""),
});
export type DecideSkill = z.input<typeof DecideSkill>;
/** At most ten minutes, in milliseconds. */
export const TestSkill = z.strictObject({ agent, proposed, timeoutMs: z.int().min(1_000).max(600_000) });
export type TestSkill = z.input<typeof TestSkill>;
export const PublishSkill = z.strictObject({ agent, author: z.string().trim().min(1).max(100).optional() });
export type PublishSkill = z.input<typeof PublishSkill>;

export const SkillsAnswer = z.object({ skills: z.array(SkillInfo) });
export const ShownAnswer = z.object({ skill: ShownSkill });
export const OfferedAnswer = z.object({ skill: OfferedSkill });
export const SkillAnswer = z.object({ skill: SkillInfo });
export const TestAnswer = z.object({ test: SkillTest });
