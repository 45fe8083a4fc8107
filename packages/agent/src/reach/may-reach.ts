import { EgressRefusal, hostName, type Server } from "@vibewriter/microvm";
import { argsHashOf } from "../approvals/approval.js";
import { jsonOf, REACH_TOOL } from "../policy/arguments.js";
import { askInGraph } from "../policy/ask.js";
import { type DoorContext, type Effect, permit } from "../policy/permit.js";
import { rulingOn } from "../policy/policy.js";
import { quoted } from "../sanitize.js";
import { keepSecrets } from "../taint/output-filter.js";
import type { AskPerson, ToolContext } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";
import type { OpenHost } from "./open-host.js";
import { serverText } from "./reach.js";
import type { RunHosts } from "./run-hosts.js";

/** What of a run's context another server for its programs rests on. */
export type ReachContext = DoorContext & {
  readonly person: Pick<ToolContext["person"], "isThere">;
  readonly approvals: Pick<ToolContext["approvals"], "list" | "allow">;
};

/** Servers that a person is asked about for one wish of theirs. */
const MOST_ASKED = 8;
const WHY_CHARS = 200;

/**
 * Opens a server for the programs of a run until the wish under way is done, when the policy lets a clean agent do that by itself, or a person has
 * said yes to exactly this server. One that is open needs nothing. Nothing of it leaves before that, not even a question to a name server.
 * @throws Refusal `invalid_argument` for what is no server of the public internet, `denied`, `not_approved` where nobody is there, `over_budget`, and
 * those of `permit`
 */
export async function mayReach(
  context: ReachContext,
  hosts: RunHosts,
  o: { host: string; port: number; why: string },
  ask: AskPerson = askInGraph,
): Promise<Server> {
  // A name is the same in small letters, and so is what is looked up of it.
  keepSecrets(context, `host of ${REACH_TOOL}`, o.host, { anyCase: true });
  keepSecrets(context, `reason of ${REACH_TOOL}`, o.why);
  const server = serverOf(o);
  if (hosts.isCutOff) {
    throw new Refusal(
      "denied",
      "This run works from a recording, so its programs reach its tools alone; go on without.",
    );
  }
  if (hosts.has(server)) return server;
  const { scope } = context;
  const question =
    `Let programs in the agent's VM, those of its other runs too, reach ${serverText(server)} until this request is done, ` +
    `for what the agent calls ${quoted(o.why, WHY_CHARS)}?`;
  const isSeen = await hosts.asking.do(async () => {
    const marks = await context.taint.of();
    if (rulingOn(context.policy, REACH_TOOL, marks).rule === "ask") await assertAskable(context, server);
    return await permit(context, { ...effectOf(scope, server), question }, ask);
  });
  await context.fence.check();
  // What the policy lets through is in the audit, too, before it is open.
  await context.audit.written();
  const allowed = isSeen
    ? { by: "person" as const }
    : { by: "policy" as const, grant: context.approvals.allow(policyWord(context, server)) };
  await hosts.allow({ ...server, scope, ...allowed });
  return server;
}

/**
 * Whether what an earlier drive was allowed still is: a record says it, and anybody who can write the record could. A person's word is the grant that was
 * used for this very server; the policy's is what it says today of what this home has signed that it let through. What was allowed for one wish of the person is not for the next one.
 */
export async function isStillAllowed(
  context: Pick<DoorContext, "runId" | "scope" | "policy" | "audit"> & {
    readonly approvals: Pick<ToolContext["approvals"], "claim" | "isSigned">;
  },
  { scope, by, grant, ...server }: OpenHost,
): Promise<boolean> {
  if (scope !== context.scope) return false;
  const { runId, policy } = context;
  const rule = policy[REACH_TOOL];
  const { tool, args, effectKey } = effectOf(scope, server);
  const isAllowed =
    by === "policy"
      ? rule === "auto" && grant !== undefined && (await context.approvals.isSigned(grant, policyWord(context, server)))
      : rule !== "deny" &&
        (
          await context.approvals.claim({
            ...{ runId, scope, tool, effectKey },
            argsHash: argsHashOf({ tool, args, names: {}, scope }),
          })
        ).state === "granted";
  const what = `${REACH_TOOL}: ${serverText(server)} again`;
  context.audit.record({ kind: "decision", what, outcome: isAllowed ? "allowed" : "denied", by });
  await context.audit.written();
  return isAllowed;
}

/** In a run that nobody attends no page brings it to a halt, and nowhere does one flood a person. */
async function assertAskable(context: ReachContext, server: Server): Promise<void> {
  const refuse = (code: "not_approved" | "over_budget", why: string): never => {
    const what = `${REACH_TOOL}: ${serverText(server)}`;
    context.audit.record({ kind: "decision", what, outcome: "denied", why, by: "policy" });
    throw new Refusal(code, `${why} Go on without, and say what is missing for it.`);
  };
  if (!(await context.person.isThere())) refuse("not_approved", "Nobody attends this run who could be asked.");
  const { args } = effectOf(context.scope, server);
  const asked = (await context.approvals.list()).filter(
    ({ scope, tool, question }) => scope === context.scope && tool === REACH_TOOL && question !== undefined,
  );
  const others = new Set(asked.map(({ question }) => JSON.stringify(question?.args)));
  others.delete(JSON.stringify(args));
  if (others.size >= MOST_ASKED) {
    refuse(
      "over_budget",
      `A person was asked about ${MOST_ASKED} servers for this request, which is as many as one may ask.`,
    );
  }
}

/** What a home signs of a server that its policy has let be opened: no tool has that name, so it is nobody's grant. */
function policyWord({ runId, scope }: Pick<DoorContext, "runId" | "scope">, server: Server) {
  const { tool, args } = effectOf(scope, server);
  return { runId, tool: `${tool} by policy`, argsHash: argsHashOf({ tool, args, names: {}, scope }) };
}

/** The server is all that is allowed; what the agent says of it stands beside. */
function effectOf(scope: string, { host, port }: Server): Omit<Effect, "question"> {
  return {
    operation: REACH_TOOL,
    tool: REACH_TOOL,
    args: jsonOf({ host, port }),
    effectKey: `reach:${scope}:${serverText({ host, port })}`,
  };
}

function serverOf({ host, port }: Server): Server {
  try {
    return { host: hostName(host), port };
  } catch (cause) {
    if (!(cause instanceof EgressRefusal)) throw cause;
    throw new Refusal("invalid_argument", cause.message, { cause });
  }
}
