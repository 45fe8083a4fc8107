import { join } from "node:path";
import { Approval, GrantUse } from "../../src/approvals/approval.js";
import { Approvals } from "../../src/approvals/approvals.js";
import { Approver, Approvers } from "../../src/approvals/approvers.js";
import { HomeKey } from "../../src/home-key.js";
import { Policy } from "../../src/policy/policy.js";
import { SkillRecord } from "../../src/skills/skill-record.js";
import { SkillShelf } from "../../src/skills/skill-shelf.js";
import { VmSkills } from "../../src/skills/vm-skills.js";
import type { TestBackbone } from "./backbone.js";

/** The skills of a home, under its own approver's key. */
export async function testShelf({ home, backbone }: TestBackbone): Promise<SkillShelf> {
  const approvals = new Approvals({
    key: await HomeKey.open(join(home, "keys", "approvals.pem"), "approval"),
    records: await backbone.records("VIBEWRITER_APPROVALS", Approval),
    uses: await backbone.records("VIBEWRITER_GRANTS", GrantUse),
    approvers: new Approvers(await backbone.records("VIBEWRITER_APPROVERS", Approver)),
  });
  const records = await backbone.records("VIBEWRITER_SKILLS", SkillRecord);
  return new SkillShelf({ records, files: backbone.files, approvals });
}

/** What comes of skills in VMs, by the policy of a home where none was set. */
export function testVmSkills({ backbone }: TestBackbone, shelf: SkillShelf, policy = Policy.parse({})): VmSkills {
  return new VmSkills({ shelf, policy, secrets: backbone.secrets });
}
