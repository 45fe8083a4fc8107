import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { TextExtractor } from "@vibewriter/evidence";
import type { SandboxBackendProtocolV2 } from "deepagents";
import { AgentError } from "../errors.js";
import { BackendFiles } from "../files/backend-files.js";
import type { SandboxFiles } from "../files/sandbox-files.js";
import type { BackendNeeds, Machines } from "../machines.js";
import type { ModelEnvironment } from "../models/model.js";
import type { TryOut } from "../skills/trial.js";
import { inFolder, quoted, transfers } from "./in-folder.js";
import { inTime } from "./in-time.js";
import type { CreateSandbox } from "./sandbox.js";

export interface RemoteMachinesOptions {
  /** What runs and reports call it, such as `runloop`. */
  readonly name: string;
  readonly createSandbox: CreateSandbox;
  /** Documents are hostile: they are parsed by the reader VM of this machine, not where the agent works. */
  readonly extractor: Machines["extractor"];
  /** Tests of skills are run by this machine, too. */
  readonly tryOut?: TryOut;
  /** The folder on this machine whose content a sandbox gets as `/skills`. */
  readonly skills?: string;
  /** The variable without which no sandbox can be reached. */
  readonly key?: string;
}

/**
 * Agents that work in sandboxes of another service, or of your own making. What they run, they run there: nothing of this machine's
 * isolation is said of it.
 *
 * ```ts
 * const machines = new RemoteMachines({
 *   name: "daytona",
 *   createSandbox: (agentId) => DaytonaSandbox.fromName(`agent-${agentId}`),
 *   extractor: (group) => local.extractor(group),
 * });
 * await using runs = await openRuns({ home, backbone, choir, machines, capacity: 2, version: "1" });
 * ```
 */
export class RemoteMachines implements Machines {
  readonly isolation = "remote";
  readonly sandbox: string;
  readonly #o: RemoteMachinesOptions;
  readonly #opening = new Map<string, Promise<SandboxBackendProtocolV2>>();

  constructor(o: RemoteMachinesOptions) {
    this.#o = o;
    this.sandbox = o.name;
  }

  extractor(group: string): TextExtractor {
    return this.#o.extractor(group);
  }

  get tryOut(): TryOut | undefined {
    return this.#o.tryOut;
  }

  requireKeys(keys: ModelEnvironment): void {
    const { key, name } = this.#o;
    if (key === undefined || keys[key]) return;
    throw new AgentError("missing_key", `Agents work in sandboxes of ${name} here, which needs a key: set ${key}.`);
  }

  async backend(agentId: string, folder: string, o: BackendNeeds = {}): Promise<SandboxBackendProtocolV2> {
    const { env, keys = {} } = o;
    this.requireKeys(keys);
    const sandbox = await this.#sandboxOf(agentId, keys);
    const { exitCode, output } = await sandbox.execute(`mkdir -p ${quoted(folder)}`);
    if (exitCode === 0) return inFolder(inTime(sandbox, o), folder, env);
    const text = `The folder ${folder} could not be made in the sandbox ${sandbox.id} (${output.trim()}); it must be allowed to.`;
    throw new AgentError("sandbox_failed", text);
  }

  async files(agentId: string, keys: ModelEnvironment = {}): Promise<SandboxFiles> {
    this.requireKeys(keys);
    const given = this.#o.skills === undefined ? [] : await readdir(this.#o.skills);
    return new BackendFiles(await this.#sandboxOf(agentId, keys), { given: new Set(given) });
  }

  /** Two runs of an agent that ask at once get the same sandbox. */
  async #sandboxOf(agentId: string, keys: ModelEnvironment): Promise<SandboxBackendProtocolV2> {
    const opening = this.#opening.get(agentId) ?? this.#open(agentId, keys);
    this.#opening.set(agentId, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(agentId);
    }
  }

  async #open(agentId: string, keys: ModelEnvironment): Promise<SandboxBackendProtocolV2> {
    const sandbox = await this.#o.createSandbox(agentId, keys);
    if (this.#o.skills !== undefined) await copyInto(sandbox, this.#o.skills, "/skills");
    return sandbox;
  }
}

async function copyInto(sandbox: SandboxBackendProtocolV2, from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const files: [string, Uint8Array][] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.push([`${to}/${relative(from, path)}`, await readFile(path)]);
  }
  const results = await transfers(sandbox).uploadFiles(files);
  const failed = results.find(({ error }) => error);
  if (failed === undefined) return;
  const text = `${failed.path} could not be copied into the sandbox ${sandbox.id} (${failed.error}); see that ${to} can be written there.`;
  throw new AgentError("sandbox_failed", text);
}
