import type { ExecuteResponse, SandboxBackendProtocolV2 } from "deepagents";
import { type Reach, serverText } from "./reach.js";

/** Names in one answer: programs choose them, and they are no way to fill a context. */
const MOST_NAMED = 5;

/**
 * A backend whose commands end with what the network refused their programs, few of which say that in words that an agent understands. Of another
 * command that runs in the same VM at that time it is said, too.
 */
export function tellRefused<B extends SandboxBackendProtocolV2>(backend: B, reach: Pick<Reach, "watch">): B {
  return new Proxy(backend, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "execute") return member.bind(target);
      return async (...args: unknown[]): Promise<ExecuteResponse> => {
        const refused = new Set<string>();
        using _watch = reach.watch((server) => {
          if (refused.size < MOST_NAMED) refused.add(serverText(server));
        });
        const result: ExecuteResponse = await Reflect.apply(member, target, args);
        return refused.size === 0 ? result : { ...result, output: `${result.output}\n${refusedText([...refused])}` };
      };
    },
  });
}

/** The same words in any order of their calls, and in a run that repeats another one and reaches nothing. */
function refusedText(servers: readonly string[]): string {
  return (
    `[The network refused ${servers.toSorted().join(", ")}: programs reach only what they were allowed to. ` +
    "If the work needs it, an agent that has reach_host asks for it; else go on without.]"
  );
}
