import type { AgentBridge } from "@vibewriter/agent/host";
import type { AuditTrail } from "@vibewriter/backbone";
import { type AuditRecord, EgressGateway, egressPolicy, type UpstreamOptions } from "@vibewriter/microvm";
import { z } from "zod";
import type { Log } from "./log.js";

/** What can be set of the way out of the agents' VMs. Nothing is allowed by default. */
export const EgressConfig = {
  /** What programs of the agents' VMs may reach. */
  egress: egressPolicy.default({ allow: [] }),
  /** Servers that the gateway gives a credential to, besides the known ones. The policy names those that VMs may use. */
  upstreams: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(32),
        baseUrl: z.url({ protocol: /^https$/ }),
        header: z.string().min(1).max(64),
        /** In front of the credential in the header, such as `Bearer `. */
        prefix: z.string().max(32).default(""),
        methods: z.array(z.string()).optional(),
        paths: z.array(z.string()).optional(),
      }),
    )
    .max(32)
    .default([]),
};
type Upstream = z.infer<(typeof EgressConfig)["upstreams"]>[number];

const KNOWN: readonly Upstream[] = [
  {
    name: "anthropic",
    baseUrl: "https://api.anthropic.com",
    header: "x-api-key",
    prefix: "",
    paths: ["/v1/messages", "/v1/models"],
  },
  {
    name: "openai",
    baseUrl: "https://api.openai.com",
    header: "authorization",
    prefix: "Bearer ",
    paths: ["/v1/chat/completions", "/v1/embeddings", "/v1/models", "/v1/responses"],
  },
  {
    name: "tavily",
    baseUrl: "https://api.tavily.com",
    header: "authorization",
    prefix: "Bearer ",
    methods: ["POST"],
    paths: ["/search", "/extract"],
  },
];

const VARIABLE = /^VIBEWRITER_UPSTREAM_([A-Z0-9_]+)$/;

/** Credentials of upstreams, by name. */
export type UpstreamKeys = ReadonlyMap<string, string>;

/**
 * Takes the credentials of upstreams out of an environment, so that no child process has them: `VIBEWRITER_UPSTREAM_TAVILY` is for
 * `tavily`. They are the operator's, for programs in VMs; the keys that a command sends along with a run are not used for that.
 */
export function takeUpstreamKeys(env: NodeJS.ProcessEnv): UpstreamKeys {
  const keys = new Map<string, string>();
  for (const [variable, value] of Object.entries(env)) {
    const name = VARIABLE.exec(variable)?.[1];
    if (name === undefined) continue;
    delete env[variable];
    if (value) keys.set(name.toLowerCase().replaceAll("_", "-"), value);
  }
  return keys;
}

/** The gateway of a home. Throws MicroVMError `invalid_argument` for an upstream that cannot be. */
export function openGateway(o: {
  upstreams: readonly Upstream[];
  /** What they are now: asked for with each request. */
  keys: Pick<UpstreamKeys, "get">;
  bridge: AgentBridge;
  /** Gets what VMs ask for, one line each. */
  audit: Log;
  /** Gets it, too, where it outlives this machine. */
  trail: Pick<AuditTrail, "record">;
  log: Log;
}): EgressGateway {
  const known = KNOWN.filter(({ name }) => !o.upstreams.some((own) => own.name === name));
  return new EgressGateway({
    tools: o.bridge,
    upstreams: [...known, ...o.upstreams].map((upstream) => withKey(upstream, o.keys)),
    audit: (record) => {
      o.audit.write(record.outcome === "allowed" ? "info" : "warn", "egress", fieldsOf(record));
      o.trail.record(chainOf(record.vm), { kind: "egress", ...record });
    },
    onFailure: (vm, error) =>
      o.log.write("error", "gateway failed", { vm, error: error instanceof Error ? error.message : String(error) }),
  });
}

/**
 * An agent's VM is named after it, and that of a run that repeats another one, too, with the run behind a dot. Every other VM has a chain of its own,
 * under a name that no agent can have: what a person's VM asks for is not its.
 */
function chainOf(vm: string): string {
  const prefix = "agent-";
  return vm.startsWith(prefix) ? (vm.slice(prefix.length).split(".")[0] ?? "") : `vm.${vm}`;
}

function withKey({ prefix, ...upstream }: Upstream, keys: Pick<UpstreamKeys, "get">): UpstreamOptions {
  const valueFrom = () => {
    const key = keys.get(upstream.name);
    return key && `${prefix}${key}`;
  };
  return { ...upstream, valueFrom };
}

/** `time` is when the line is written; the request began earlier. */
function fieldsOf({ time, ...record }: AuditRecord) {
  return { began: time, ...record };
}
