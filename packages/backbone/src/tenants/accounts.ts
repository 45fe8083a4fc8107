import { IMPORTED } from "../link/imported.js";
import type { Tenant, TenantRegister } from "./register.js";
import { permissionsOf } from "./roles.js";

/** The account of a home that has tenants; without tenants it is the server's own, `$G`. */
export const HOME_ACCOUNT = "HOME";
/** The account that holds what all tenants share. */
export const CHOIR_ACCOUNT = "CHOIR";
/** What was published and cited, once for ever; for all tenants one order. */
export const CHOIR_STREAM = "VIBEWRITER_EFFECTS";
export const CHOIR_KINDS = ["kb.publish.new", "citation.new.*"] as const;

const APPENDED = CHOIR_KINDS.map((kind) => `${kind}.*`);
/** Reading one message, and asking how many there are. No consumers, no purge, no change. */
const READING = [
  `STREAM.INFO.${CHOIR_STREAM}`,
  `STREAM.MSG.GET.${CHOIR_STREAM}`,
  `DIRECT.GET.${CHOIR_STREAM}`,
  `DIRECT.GET.${CHOIR_STREAM}.>`,
];
const SEARCH = "kb.search.*";

export function accountOf(tenant: string): string {
  return `TENANT_${tenant}`;
}

/** What an account has of the Choir's, in the terms of nats-server's configuration. */
export function choirImports(): object[] {
  const from = (subject: string) => ({ account: CHOIR_ACCOUNT, subject });
  return [
    ...[...APPENDED, SEARCH].map((subject) => ({ service: from(subject) })),
    ...READING.map((call) => ({ service: from(`$JS.API.${call}`), to: `${IMPORTED.apiPrefix}.${call}` })),
    ...APPENDED.map((subject) => ({ stream: from(subject), to: `${IMPORTED.newsPrefix}${subject}` })),
  ];
}

/**
 * The members of `accounts { ... }` in nats-server's configuration for the Choir and for all tenants. A revoked tenant
 * keeps its account and what is stored in it, and has no users.
 */
export function renderAccounts(register: TenantRegister): string {
  const accounts = {
    [CHOIR_ACCOUNT]: choirAccount(register),
    ...Object.fromEntries(register.tenants.map(tenantAccount)),
  };
  // JSON in quotes is nats-server's configuration, too, and leaves nothing to interpret.
  const members = Object.entries(accounts).map(
    ([name, account]) => `${JSON.stringify(name)}: ${JSON.stringify(account)}`,
  );
  return `# Written by vibewriter tenant; changes by hand are lost.\n${members.join("\n")}\n`;
}

function choirAccount({ choirKeeper }: TenantRegister): object {
  return {
    jetstream: "enabled",
    users: [{ nkey: choirKeeper }],
    exports: [
      ...[...APPENDED, SEARCH, ...READING.map((call) => `$JS.API.${call}`)].map((service) => ({ service })),
      ...APPENDED.map((stream) => ({ stream })),
    ],
  };
}

function tenantAccount({ name, limits, users, revokedAt }: Tenant): [string, object] {
  return [
    accountOf(name),
    {
      jetstream: {
        max_store: limits.storageBytes,
        // What is in memory only does not outlive the server, and nothing of ours is.
        max_mem: 0,
        max_streams: limits.streams,
        max_consumers: limits.consumers,
      },
      limits: { max_connections: limits.connections, max_payload: limits.payloadBytes },
      users:
        revokedAt === undefined
          ? users.map((user) => ({ nkey: user.publicKey, permissions: permissionsOf(user) }))
          : [],
      imports: choirImports(),
    },
  ];
}
