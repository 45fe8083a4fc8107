import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { identify } from "@vibewriter/backbone";
import { AgentError, errorCode } from "../errors.js";
import type { WorkerIdentity } from "./record.js";

/**
 * This process as a worker of the home. The host is the home itself, by a name that it is given once and keeps: two homes on one machine
 * are two hosts, because each has VMs and folders of its own. The id is of this process and of no later one.
 * @throws AgentError `output_failed` if the name can neither be read nor written
 */
export async function workerOf(home: string): Promise<WorkerIdentity> {
  const host = await hostOf(home);
  return { id: await idOf(host, process.pid), host, pid: process.pid };
}

/** Whether a worker of this machine is the process that it was. */
export async function isWorkerAlive({ id, host, pid }: WorkerIdentity): Promise<boolean> {
  return (await idOf(host, pid)) === id;
}

async function idOf(host: string, pid: number): Promise<string> {
  const found = await identify(pid);
  return [host, found?.bootId.slice(0, 8) ?? "boot", pid, found?.startTime ?? "gone"].join("-");
}

const HOST = /^[a-z0-9][a-z0-9-]{0,40}$/;

async function hostOf(home: string): Promise<string> {
  const path = join(home, "host-id");
  try {
    return (await readHost(path)) ?? (await makeHost(home, path));
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new AgentError("output_failed", `The name of this host cannot be kept in ${path}; make it writable.`, {
      cause,
    });
  }
}

async function readHost(path: string): Promise<string | undefined> {
  try {
    const name = (await readFile(path, "utf8")).trim();
    if (HOST.test(name)) return name;
    throw new AgentError("output_failed", `${path} is damaged; remove it, and this host gets another name.`);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Of two processes that name the host at once one wins, and both use that name. */
async function makeHost(home: string, path: string): Promise<string> {
  const readable = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 24);
  const name = `${readable || "host"}-${randomBytes(4).toString("hex")}`;
  const beside = `${path}.${name}`;
  await mkdir(home, { recursive: true });
  await writeFile(beside, `${name}\n`, { mode: 0o600 });
  try {
    await link(beside, path);
    return name;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return (await readHost(path)) ?? name;
  } finally {
    await rm(beside, { force: true });
  }
}
