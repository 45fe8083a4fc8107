import { IMPORTED } from "../link/imported.js";
import type { Tenant, TenantLimits, TenantRegister, TenantUser } from "./register.js";
import { agentApi, CLIENT_CALLS, CLIENT_NEWS, permissionsOf } from "./roles.js";

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

/** The one call of clients whose answer may come in parts, and how long nats-server keeps the way back for the next part. */
const IN_PARTS = { call: "$JS.API.DIRECT.GET.>", settings: { response_type: "stream", response_threshold: "5s" } };

/** An agent's account has this part of the storage of its tenant's, beside it. */
const AGENT_SHARE = 1 / 8;
/** Checkpoints and memory, and the large values of both. */
const AGENT_STREAMS = 4;

export function accountOf(tenant: string): string {
  return `TENANT_${tenant}`;
}

/** What an account has of the Choir's, in the terms of nats-server's configuration. */
export function choirImports(): object[] {
  return [...APPENDED.map((subject) => ({ service: { account: CHOIR_ACCOUNT, subject } })), ...choirReading()];
}

function choirReading(): object[] {
  const from = (subject: string) => ({ account: CHOIR_ACCOUNT, subject });
  return [
    // Whoever answers is told which account asks, so that none takes the time of the others.
    { service: from(SEARCH), share: true },
    ...READING.map((call) => ({ service: from(`$JS.API.${call}`), to: `${IMPORTED.apiPrefix}.${call}` })),
    ...APPENDED.map((subject) => ({ stream: from(subject), to: `${IMPORTED.newsPrefix}${subject}` })),
  ];
}

/**
 * The members of `accounts { ... }` in nats-server's configuration for the Choir and for all tenants. A revoked tenant
 * keeps its account and what is stored in it, and has no users but the one that is to delete it.
 */
export function renderAccounts(register: TenantRegister): string {
  const accounts = {
    [CHOIR_ACCOUNT]: choirAccount(register),
    ...Object.fromEntries(
      register.tenants.flatMap((tenant) => [
        tenantAccount(tenant),
        clientAccount(tenant),
        ...tenant.agents.map((agent) => agentAccount(tenant, agent)),
      ]),
    ),
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

function tenantAccount({ name, limits, users, agents, revokedAt, purgeKey }: Tenant): [string, object] {
  const purger = purgeKey === undefined ? [] : [{ nkey: purgeKey }];
  const toClients = { accounts: [clientAccountOf(name)] };
  return [
    accountOf(name),
    {
      jetstream: { ...FILES_ONLY, max_store: limits.storageBytes, max_streams: limits.streams, ...consumers(limits) },
      limits: bounds(limits),
      users: revokedAt === undefined ? users.filter(isWithin).map(configured) : purger,
      exports: [
        ...CLIENT_CALLS.map((service) => ({
          service,
          ...toClients,
          ...(service === IN_PARTS.call && IN_PARTS.settings),
        })),
        ...CLIENT_NEWS.map((stream) => ({ stream, ...toClients })),
      ],
      // Whoever is in the account can have a server answer on what it imports, so it has its agents' only when nobody else is in it.
      imports: [...choirImports(), ...(purgeKey === undefined ? [] : agents.map((agent) => agentImport(name, agent)))],
    },
  ];
}

/**
 * Of a tenant's clients, who store nothing in it. nats-server answers on whatever subject a request names, also where the asker may not
 * publish: here that is another call of clients at most, since nothing else of the tenant's account is in this one.
 */
function clientAccount({ name, limits, users }: Tenant): [string, object] {
  const from = (subject: string) => ({ account: accountOf(name), subject });
  return [
    clientAccountOf(name),
    {
      limits: bounds(limits),
      users: users.filter(({ role }) => role === "client").map(configured),
      imports: [
        ...CLIENT_CALLS.map((subject) => ({ service: from(subject) })),
        ...CLIENT_NEWS.map((subject) => ({ stream: from(subject) })),
        ...choirReading(),
      ],
    },
  ];
}

/** Of one agent that has credentials of its own. */
function agentAccount({ name, limits, users }: Tenant, agent: string): [string, object] {
  const max_store = Math.ceil(limits.storageBytes * AGENT_SHARE);
  return [
    agentAccountOf(name, agent),
    {
      jetstream: { ...FILES_ONLY, max_store, max_streams: AGENT_STREAMS, ...consumers(limits) },
      limits: bounds(limits),
      users: users.filter((user) => user.role === "agent" && user.agent === agent).map(configured),
      exports: [{ service: "$JS.API.>", response_type: "stream", accounts: [accountOf(name)] }],
    },
  ];
}

function agentImport(tenant: string, agent: string): object {
  return { service: { account: agentAccountOf(tenant, agent), subject: "$JS.API.>" }, to: `${agentApi(agent)}.>` };
}

/** Clients and agents have accounts of their own. */
function isWithin({ role }: TenantUser): boolean {
  return role === "operator" || role === "worker";
}

function clientAccountOf(tenant: string): string {
  return `CLIENT_${tenant}`;
}

/** A tenant's name has no `_`, so no two are the same. */
function agentAccountOf(tenant: string, agent: string): string {
  return `AGENT_${tenant}_${agent}`;
}

/** What is in memory only does not outlive the server, and nothing of ours is. */
const FILES_ONLY = { max_mem: 0 };

function consumers(limits: TenantLimits): object {
  return { max_consumers: limits.consumers };
}

function bounds(limits: TenantLimits): object {
  return { max_connections: limits.connections, max_payload: limits.payloadBytes };
}

function configured(user: TenantUser): object {
  return { nkey: user.publicKey, permissions: permissionsOf(user) };
}
