import type { SandboxBackendProtocolV2 } from "deepagents";
import type { BackendNeeds } from "../machines.js";
import { withDeadline } from "../research/deadline.js";

/** What shells answer for a command that a time limit ended. */
const TIMED_OUT = 124;

/**
 * A sandbox whose commands are waited for as long as there is time for them. Sandboxes have no way to end one: it goes on there until the limit of
 * the service, and what it still says is nobody's.
 */
export function inTime(
  sandbox: SandboxBackendProtocolV2,
  { commandMsLeft: msLeft = () => Number.POSITIVE_INFINITY, commandsOver }: BackendNeeds,
): SandboxBackendProtocolV2 {
  return new Proxy(sandbox, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (name !== "execute") return typeof member === "function" ? member.bind(target) : member;
      return async (command: string) => {
        const result = await withDeadline(msLeft(), undefined, async () => target.execute(command), commandsOver);
        const output = "[Nobody waits for the command any more, because no more time was left for it.]";
        return result ?? { output, exitCode: TIMED_OUT, truncated: false };
      };
    },
  });
}
