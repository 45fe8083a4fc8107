import { z } from "zod";
import { ruleHost } from "./host-name.js";
import { Refusal } from "./refusal.js";

const defaultPorts = [80, 443];

const host = z
  .string()
  .max(255)
  .transform((text, context) => {
    try {
      return ruleHost(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: "custom", message: `the host "${text}" cannot be allowed: ${error.message}` });
      return z.NEVER;
    }
  });

const rule = z.strictObject({
  /** A name, or `*.` and a name for all names under it (not itself). Never an address. */
  host,
  /** Default: 80 and 443. */
  ports: z.array(z.int().min(1).max(65_535)).min(1).max(32).optional(),
  /** Default: all. `CONNECT` is a tunnel, in which no other method can be seen: a rule that names methods allows one only if it names it. */
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/))
    .min(1)
    .max(20)
    .optional(),
});
export type EgressRule = z.infer<typeof rule>;

/** What the programs of a VM may reach. What no rule allows is refused. */
export const egressPolicy = z.strictObject({
  allow: z.array(rule).max(256),
  /** Names of upstreams of the gateway, which adds their credentials. */
  upstreams: z.array(z.string().max(64)).max(64).optional(),
  /** Both directions together. Default: 8 MiB. */
  bytesPerSecond: z.int().min(1_024).optional(),
  /** Default: 600. */
  requestsPerMinute: z.int().min(1).max(100_000).optional(),
  /** Both directions together, for as long as the gateway knows the VM. Default: 4 GiB. */
  maxBytes: z.int().min(0).optional(),
});
export type EgressPolicy = z.infer<typeof egressPolicy>;

/** What a VM has whose owner said nothing. */
export const nothingAllowed: EgressPolicy = { allow: [] };

/** The first rule that allows this; undefined: it is refused. `name` in the spelling of `hostName`. */
export function ruleFor(policy: EgressPolicy, asked: { name: string; port: number; method: string }) {
  return policy.allow.find(
    ({ host, ports, methods }) =>
      covers(host, asked.name) &&
      (ports ?? defaultPorts).includes(asked.port) &&
      (methods?.includes(asked.method) ?? true),
  );
}

/** Whether a rule says by which methods this server may be reached: where none allows one, that is the operator's word. */
export function limitsMethods(policy: EgressPolicy, { name, port }: { name: string; port: number }): boolean {
  return policy.allow.some(
    ({ host, ports, methods }) => methods !== undefined && covers(host, name) && (ports ?? defaultPorts).includes(port),
  );
}

export function isWildcard({ host }: EgressRule): boolean {
  return host.startsWith("*.");
}

function covers(host: string, name: string): boolean {
  return host.startsWith("*.") ? name.endsWith(host.slice(1)) : name === host;
}
