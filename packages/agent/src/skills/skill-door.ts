import type { Audit } from "../audit/audit.js";
import { type Policy, rulingOn } from "../policy/policy.js";
import { whyOf } from "../policy/why.js";
import { markOf } from "../taint/origin.js";
import { type Guarded, keepSecrets } from "../taint/output-filter.js";
import { Refusal } from "../tools/refusal.js";
import type { Skill } from "./skill.js";

/** What the door stands on: the rules of the home, and the audit of the agent. */
export type SkillDoorContext = Guarded & { readonly policy: Policy; readonly audit: Pick<Audit, "written"> };

/**
 * The door for a skill that lies in `/skills`: whoever laid it there, a program could have, which nobody has asked what it writes. Nobody is at work
 * who could be asked either: where the rule is to ask, the proposal is the question, since a person has to say yes to exactly these files
 * before anything of them is in another run. In the audit before anything is kept.
 * @throws Refusal `denied`, `secret_found`
 */
export async function mayPropose(context: SkillDoorContext, { name, files }: Skill): Promise<void> {
  keepSkillSecrets(context, { name, files });
  const marks = [markOf("vm", `/skills/${name}`)];
  const ruling = rulingOn(context.policy, "propose_skill", marks);
  const why = whyOf(ruling, "propose_skill", marks);
  const outcome = { free: "allowed", ask: "waits for a person", deny: "denied" }[ruling.rule];
  context.audit.record({ kind: "decision", what: `propose_skill by /skills/${name}`, outcome, why, by: ruling.by });
  if (ruling.rule === "deny") throw new Refusal("denied", why);
  await context.audit.written();
}

/** No secret leaves with a skill, in its name, a path or a file. @throws Refusal `secret_found` */
export function keepSkillSecrets(context: Guarded, { name, files }: Pick<Skill, "name" | "files">): void {
  for (const text of [name, ...files.flatMap((file) => [file.path, file.text])]) keepSecrets(context, "skill", text);
}
