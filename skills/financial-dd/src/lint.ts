import { z } from "zod";
import { answerOf } from "./process.js";
import type { Project } from "./solidity/project.js";

const Remark = z.object({ file: z.string(), line: z.number(), rule: z.string(), message: z.string() });

/** What solhint says: another's opinion, named as such, that no grade depends on. */
export type Remark = z.infer<typeof Remark>;

/** solhint's security rules over the files that were given. Throws ProcessError. */
export async function secondOpinion(project: Project, o: { program: string; timeoutMs: number }): Promise<Remark[]> {
  const files = Object.fromEntries([...project.files].filter(([name]) => project.targets.has(name)));
  const answer = await answerOf({
    program: o.program,
    what: "solhint",
    input: JSON.stringify(files),
    timeoutMs: o.timeoutMs,
  });
  return z.array(Remark).parse(JSON.parse(answer));
}
