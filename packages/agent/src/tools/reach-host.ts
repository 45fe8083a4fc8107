import { tool } from "langchain";
import { REACH_TOOL, ReachArguments } from "../policy/arguments.js";
import { mayReach } from "../reach/may-reach.js";
import { serverText } from "../reach/reach.js";
import type { RunHosts } from "../reach/run-hosts.js";
import type { ToolContext } from "./context.js";
import { Refusal } from "./refusal.js";

/** `reach_host`: asks that programs in the VM may reach one more server. */
export function reachHost(context: ToolContext, hosts: RunHosts) {
  return tool(
    async ({ host, port, why }, config) => {
      const call: string | undefined = config?.toolCall?.id;
      // A run that repeats this one is told the same, and neither asks nor reaches anybody.
      return await context.answers.of(REACH_TOOL, { call, host, port }, () =>
        answerOf(context, hosts, { host, port, why }),
      );
    },
    {
      name: REACH_TOOL,
      description:
        "Asks that programs in the VM may reach one more server of the public internet, such as a package registry, when a command was refused by " +
        "the network and the work needs it. A person decides, about this name and port alone; what they allow holds until this request is done. For pages " +
        "to cite use read_source. Returns {opened, server} or {opened: false, code, message}: then go on without it.",
      schema: ReachArguments,
    },
  );
}

/** What refuses is an answer, too, so that it is known to whoever repeats the run. */
async function answerOf(context: ToolContext, hosts: RunHosts, asked: ReachArguments) {
  try {
    const server = serverText(await mayReach(context, hosts, asked));
    return { text: JSON.stringify({ opened: true, server }), isWhole: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    return { text: JSON.stringify({ opened: false, code, message }), isWhole: false };
  }
}

/** The tool, for an agent whose programs' way out this host has a say in. */
export function reachingTools(context: ToolContext) {
  return context.hosts === undefined ? [] : [reachHost(context, context.hosts)];
}
