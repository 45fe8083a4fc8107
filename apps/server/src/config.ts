import { readFile } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { Price } from "@vibewriter/agent/host";
import { ENDPOINT_NAME, Policy, ResearcherLimits, RunDefaults } from "@vibewriter/agent/runs";
import { economySchema } from "@vibewriter/choir/economy";
import { z } from "zod";
import { serviceAddress } from "./addresses.js";
import { EgressConfig } from "./egress.js";
import { EmbedderConfig } from "./embedder/config.js";
import { codeOf, ServerError } from "./errors.js";
import { KeysConfig } from "./keys.js";
import { LEVELS } from "./logs/entry.js";
import { NotifyConfig } from "./notify/config.js";
import { SearchConfig } from "./search-config.js";

const most = z.int().min(0).optional();

/** Relative to which folder would be anybody's guess: the server outlives the command that starts it. */
const path = z.string().refine(isAbsolute, "it must be an absolute path").optional();

const UserConfig = {
  /** What all VMs of each user may have together; those that do not run count in `vms` and `diskMiB` alone. */
  userLimits: z.strictObject({ vms: most, memoryMiB: most, vcpus: most, diskMiB: most }).optional(),
  /** What models cost, by their full names, in US dollars for a million tokens; on top of the list prices. */
  prices: z.record(z.string().min(1).max(200), Price).default({}),
  /** Agents read sources only as claims and quotations, which a model without tools has made of them: see docs/security.md. */
  quarantine: z.boolean().default(false),
  /** What each researcher of a run may use before it has to answer. */
  researcher: ResearcherLimits.default(ResearcherLimits.parse({})),
  /** What agents may do by themselves, and what a person is asked about. */
  policy: Policy.default(Policy.parse({})),
  /** Models and budget of runs whose command names none. */
  ...RunDefaults.shape,
  /** Endpoints that speak OpenAI's protocol, by names of one's own: a model of one is `compatible:NAME:MODEL`. */
  endpoints: z.record(z.string().regex(ENDPOINT_NAME), serviceAddress).default({}),
  /** The numbers of the economy (docs/economics.md); absent: those that the ledger has. */
  economy: economySchema.optional(),
};

/** What can be set for a home, in the environment or in `<home>/config.json`; the environment wins. */
export const Config = z.strictObject({
  /** Seconds without a client and without an active run after which the owner process ends. */
  idleSeconds: z.coerce
    .number()
    .positive()
    .max(7 * 86_400)
    .default(600),
  /** Runs that are driven here at the same time; later ones wait in the queue. 0: none, the workers of the pool drive them. */
  runsAtOnce: z.coerce.number().int().min(0).max(256).default(2),
  /** Where agents work: in microVMs of this machine, or in devboxes at Runloop; documents are read in a microVM here either way. */
  sandbox: z.enum(["microvm", "runloop"]).default("microvm"),
  /** The blueprint that devboxes at Runloop are made from; absent: Runloop's own image. */
  runloopBlueprint: z.string().min(1).optional(),
  /** An external NATS; absent: one of our own is started. */
  natsUrl: z.string().min(1).optional(),
  /** Files with credentials for it (a JWT and a seed), or with the seed of an NKey user; readable by their owner only. */
  natsCreds: path,
  natsNkey: path,
  /** Files in PEM: the authority of its certificate, and our certificate and key where it asks for one. */
  natsCa: path,
  natsCert: path,
  natsKey: path,
  /** Free bytes that must be there before a run starts. */
  minFreeBytes: z.coerce
    .number()
    .int()
    .min(0)
    .default(512 * 1024 * 1024),
  /** Run VMs with Firecracker in its jailer on hardware virtualization, and refuse to start with anything less. */
  production: z.union([z.boolean(), z.enum(["0", "1"]).transform((text) => text === "1")]).default(false),
  /** MiB that the whole home may take. */
  quotaMiB: z.coerce.number().int().min(1).optional(),
  /** Seconds without a call after which an agent's VM is stopped; the next call starts it. */
  vmIdleSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(7 * 86_400)
    .default(1_800),
  /** A port of 127.0.0.1 for `/metrics`; absent: only on the socket of the home. */
  metricsPort: z.coerce.number().int().min(1).max(65_535).optional(),
  /** What is finer is not written into the log. */
  logLevel: z.enum(LEVELS).default("info"),
  ...UserConfig,
  ...KeysConfig,
  ...EmbedderConfig,
  ...SearchConfig,
  ...EgressConfig,
  ...NotifyConfig,
});
export type Config = z.infer<typeof Config>;

/** What has parts is set in the file only, and so is what commands bring along with their runs. */
const VARIABLES: Record<
  Exclude<
    keyof Config,
    | keyof typeof EgressConfig
    | keyof typeof UserConfig
    | keyof typeof KeysConfig
    | keyof typeof NotifyConfig
    | "searxngUrl"
  >,
  string
> = {
  idleSeconds: "VIBEWRITER_IDLE_SECONDS",
  runsAtOnce: "VIBEWRITER_RUNS_AT_ONCE",
  sandbox: "VIBEWRITER_SANDBOX",
  runloopBlueprint: "VIBEWRITER_RUNLOOP_BLUEPRINT",
  natsUrl: "NATS_URL",
  natsCreds: "VIBEWRITER_NATS_CREDS",
  natsNkey: "VIBEWRITER_NATS_NKEY",
  natsCa: "VIBEWRITER_NATS_CA",
  natsCert: "VIBEWRITER_NATS_CERT",
  natsKey: "VIBEWRITER_NATS_KEY",
  minFreeBytes: "VIBEWRITER_MIN_FREE_BYTES",
  production: "VIBEWRITER_PRODUCTION",
  quotaMiB: "VIBEWRITER_QUOTA_MIB",
  vmIdleSeconds: "VIBEWRITER_VM_IDLE_SECONDS",
  metricsPort: "VIBEWRITER_METRICS_PORT",
  logLevel: "VIBEWRITER_LOG_LEVEL",
  embedder: "VIBEWRITER_EMBEDDER",
  embedderUrl: "VIBEWRITER_EMBEDDER_URL",
  qdrantUrl: "QDRANT_URL",
  search: "VIBEWRITER_SEARCH",
  contact: "VIBEWRITER_CONTACT",
};

/** Reads the configuration. Throws ServerError bad_config that names the value that is wrong. */
export async function readConfig(path: string, env: NodeJS.ProcessEnv): Promise<Config> {
  const values: Record<string, unknown> = { ...(await readConfigFile(path)) };
  for (const [key, name] of Object.entries(VARIABLES)) {
    if (env[name]) values[key] = env[name];
  }
  const parsed = Config.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const variable = Object.entries(VARIABLES).find(([key, name]) => key === issue?.path[0] && env[name])?.[1];
  const name = variable ?? issue?.path.join(".");
  throw new ServerError(
    "bad_config",
    `The setting ${name || path} is wrong (${issue?.message}); correct it in ${path} or the environment.`,
    {
      cause: parsed.error,
    },
  );
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return {};
    throw new ServerError("bad_config", `${path} is not a JSON object; correct it or remove it.`, { cause });
  }
}
