import { inboxOf } from "../connection/credentials.js";
import { IMPORTED } from "../link/imported.js";
import type { TenantUser } from "./register.js";

/** Subjects that a user may publish to and subscribe to; everything else is denied. */
export interface Permissions {
  publish: { allow: string[] };
  subscribe: { allow: string[] };
}

/** To look at streams without making anything in them. */
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
  `${IMPORTED.apiPrefix}.>`,
  "kb.search.*",
];

const HEAR = ["vibewriter.events.*", "vibewriter.tasks.>", "$KV.>", `${IMPORTED.newsPrefix}>`];

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
 * answers are signed with, what it signs with its authors' keys, and what is still to be told.
 */
const CLIENT_BUCKETS = [
  "VIBEWRITER_RUNS",
  "VIBEWRITER_APPROVALS",
  "VIBEWRITER_APPROVERS",
  "VIBEWRITER_SIGNATURES",
  "VIBEWRITER_NOTIFICATIONS",
];

/** Where a tenant's operator finds the JetStream API of an agent's account, instead of `$JS.API`. A worker may not say this. */
export function agentApi(agent: string): string {
  return `agent.${agent}.api`;
}

/**
 * What a user may do, or `undefined` for all of its account. In the account of a tenant nobody but an operator makes,
 * changes or deletes streams. Clients make no consumers either: a consumer delivers to any subject that its maker names, so it
 * would say there what he may not say himself. An agent has an account of its own, so that nothing of this can be turned
 * against others; there it may only write under its name, which keeps a mistyped one from looking like an empty thread.
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
            ...["CREATE.>", "DURABLE.CREATE.>", "DELETE.*.*", "MSG.NEXT.*.*"].map((call) => `$JS.API.CONSUMER.${call}`),
            ...CLEARED.flatMap((stream) => [`$JS.API.STREAM.PURGE.${stream}`, `$JS.API.STREAM.MSG.DELETE.${stream}`]),
            ...["$JS.ACK.>", "$JS.FC.>", "vibewriter.*.>", "$KV.>", "$O.>", "kb.publish.new.*", "citation.new.*.*"],
          ],
        },
        subscribe: { allow: [inbox, ...HEAR] },
      };
    case "client":
      return {
        publish: {
          allow: [
            ...LOOK,
            ...CLIENT_BUCKETS.map((bucket) => `$KV.${bucket}.>`),
            ...[
              "vibewriter.tasks.pool.*.*",
              "vibewriter.tasks.host.*.*",
              "vibewriter.events.*",
              "$O.VIBEWRITER_FILES.>",
            ],
          ],
        },
        subscribe: { allow: [inbox, ...HEAR] },
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
