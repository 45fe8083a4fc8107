import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type AgentVMs, type CreateSandbox, type Machines, RemoteMachines } from "@vibewriter/agent/host";
import type { Config } from "./config.js";

/** Where the agents of a home work, as its configuration says. Documents are parsed, and skills tested, by VMs of `local` either way. */
export function machinesOf(config: Config, o: { local: AgentVMs; skills?: string; home: string }): Machines {
  if (config.sandbox === "microvm") return o.local;
  const scope = scopeOf(o.home);
  const createSandbox: CreateSandbox = async (agentId, keys) => {
    // Loaded by those who use it.
    const { RunloopBackend } = await import("@vibewriter/agent/runloop");
    const { RUNLOOP_API_KEY: apiKey = "", RUNLOOP_BASE_URL: baseUrl } = keys;
    return RunloopBackend.open({ apiKey, baseUrl, scope, agentId, blueprint: config.runloopBlueprint });
  };
  const { tryOut } = o.local;
  const extractor = (group: string) => o.local.extractor(group);
  const key = "RUNLOOP_API_KEY";
  return new RemoteMachines({ name: config.sandbox, createSandbox, extractor, tryOut, skills: o.skills, key });
}

/** Tells this home from others that use the same account at a service. */
function scopeOf(home: string): string {
  return createHash("sha256").update(`${machineId()} ${home}`).digest("hex").slice(0, 32);
}

function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    // Not every container has one.
    return hostname();
  }
}
