import { inboxOf } from "../connection/credentials.js";
import { IMPORTED } from "../link/imported.js";
import type { TenantUser } from "./register.js";

/** Subjects that a user may publish to and subscribe to; everything else is denied. */
export interface Permissions {
  publish: { allow: string[] };
  subscribe: { allow: string[] };
}

/** To look at streams of an account without making anything in them. */
const LOOK = [
  "$JS.API.INFO",
  "$JS.API.STREAM.NAMES",
  "$JS.API.STREAM.LIST",
  "$JS.API.STREAM.INFO.*",
  "$JS.API.STREAM.MSG.GET.*",
  "$JS.API.DIRECT.GET.>",
  "$JS.API.CONSUMER.NAMES.*",
  "$JS.API.CONSUMER.LIST.*",
  "$JS.API.CONSUMER.INFO.*.*",
];

/** To read what all tenants share. */
const LOOK_AT_CHOIR = [`${IMPORTED.apiPrefix}.>`, "kb.search.*"];

/** What is news to whoever works on runs or watches them. */
const NEWS = ["vibewriter.events.*", "vibewriter.tasks.>", "$KV.>"];
const CHOIR_NEWS = `${IMPORTED.newsPrefix}>`;

/** Streams from which the work of runs takes something out again: done tasks, retired checkpoints, chunks, letters. */
const CLEARED = [
  "VIBEWRITER_STATE",
  "VIBEWRITER_MEMORY",
  "VIBEWRITER_TASKS",
  "VIBEWRITER_DLQ",
  "VIBEWRITER_ADVISORIES",
  "OBJ_VIBEWRITER_FILES",
  "OBJ_VIBEWRITER_STATE",
  "OBJ_VIBEWRITER_MEMORY",
];

/**
 * Buckets in which a person's end of a run writes: the run itself, its questions and their answers, the keys that
 * answers are signed with, what it signs with its authors' keys, what is followed, what is still to be told, which skills are installed, and where
 * the chains end that it has written into.
 */
const CLIENT_BUCKETS = [
  "VIBEWRITER_RUNS",
  "VIBEWRITER_APPROVALS",
  "VIBEWRITER_APPROVERS",
  "VIBEWRITER_SIGNATURES",
  "VIBEWRITER_NOTIFICATIONS",
  "VIBEWRITER_FOLLOWS",
  "VIBEWRITER_SKILLS",
  "VIBEWRITER_ANCHORS",
];

/**
 * What clients call of their tenant's account, each under the same name in their own. Who may make one call can have it answered on any
 * other, so every client may make all of them.
 */
export const CLIENT_CALLS: readonly string[] = [
  ...LOOK,
  ...CLIENT_BUCKETS.map((bucket) => `$KV.${bucket}.>`),
  "vibewriter.tasks.pool.*.*",
  "vibewriter.tasks.host.*.*",
  "vibewriter.events.*",
  // What a person has answered is in the audit of the agent that asked; nobody takes anything out of it.
  "vibewriter.audit.*",
  "$O.VIBEWRITER_FILES.>",
  // What was cut off is taken back. It is no more than they may: who writes a file may have it replace all that are there.
  ...takingOut("OBJ_VIBEWRITER_FILES"),
];

/** What clients hear of their tenant's account. */
export const CLIENT_NEWS: readonly string[] = NEWS;

/** Where whoever purges a tenant finds the JetStream API of an agent's account, instead of `$JS.API`. */
export function agentApi(agent: string): string {
  return `agent.${agent}.api`;
}

/**
 * What a user may do, or `undefined` for all of its account. nats-server holds these against what a user publishes, and not against
 * where it is answered, or where a consumer that it makes delivers. So they are a boundary only in an account that has nothing else to
 * be reached: clients have one, and each agent. In the tenant's own they keep workers from mistakes. Clients make no consumers, and an
 * agent writes under its name only, which keeps a mistyped one from looking like an empty thread.
 */
export function permissionsOf(user: Pick<TenantUser, "role" | "agent" | "publicKey">): Permissions | undefined {
  const inbox = `${inboxOf(user.publicKey)}.>`;
  switch (user.role) {
    case "operator":
      return undefined;
    case "worker":
      return {
        publish: {
          allow: [
            ...LOOK,
            ...LOOK_AT_CHOIR,
            ...["CREATE.>", "DURABLE.CREATE.>", "DELETE.*.*", "MSG.NEXT.*.*"].map((call) => `$JS.API.CONSUMER.${call}`),
            ...CLEARED.flatMap(takingOut),
            ...["$JS.ACK.>", "$JS.FC.>", "vibewriter.*.>", "$KV.>", "$O.>", "kb.publish.new.*", "citation.new.*.*"],
          ],
        },
        subscribe: { allow: [inbox, ...NEWS, CHOIR_NEWS] },
      };
    case "client":
      return {
        publish: { allow: [...CLIENT_CALLS, ...LOOK_AT_CHOIR] },
        subscribe: { allow: [inbox, ...NEWS, CHOIR_NEWS] },
      };
    case "agent": {
      const own = ["state", "memory"].map((kind) => `vibewriter.${kind}.${user.agent}.>`);
      const large = ["$O.VIBEWRITER_STATE.>", "$O.VIBEWRITER_MEMORY.>"];
      return {
        publish: { allow: [...own, ...large, "$JS.API.>", "$JS.ACK.>", "$JS.FC.>"] },
        // Other NATS clients, which know nothing of prefixes, are answered, too: who else is here has the same rights.
        subscribe: { allow: [inbox, "_INBOX.>"] },
      };
    }
  }
}

function takingOut(stream: string): string[] {
  return [`$JS.API.STREAM.PURGE.${stream}`, `$JS.API.STREAM.MSG.DELETE.${stream}`];
}
