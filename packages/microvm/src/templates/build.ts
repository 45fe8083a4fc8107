import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "../client/connection.js";
import type { Driver, Machine, MachineLimits, MachineSpec } from "../drivers/driver.js";
import { isMicroVMError, MicroVMError } from "../errors.js";
import { type HomePaths, writeJson } from "../home.js";
import type { ResolvedImage } from "../images/registry.js";
import { writeTemplateRecord } from "./record.js";
import type { TemplateSpec } from "./spec.js";

/** An emulated boot takes 3 s on an idle machine; a busy one is given time. */
const bootMs = 90_000;
const warmMs = 120_000;
const maxWarmOutput = 1_048_576;
/** The record of the machine of a build under way. */
export const machineFile = "machine.json";
/** The guest reads GOAWAY before it is stopped. */
const settleMs = 100;

/**
 * Boots a machine, warms it, saves it, and puts the result at `directory` in one step. The machine has no user: no seed,
 * no clock, no disk of its own. Throws MicroVMError `template_failed` or `start_failed`.
 */
export async function buildTemplate(o: {
  driver: Driver;
  image: ResolvedImage;
  spec: TemplateSpec;
  paths: HomePaths;
  directory: string;
}): Promise<void> {
  const building = `${o.directory}.${randomBytes(4).toString("hex")}.building`;
  await mkdir(building, { recursive: true, mode: 0o700 });
  const record = o.driver.create({ log: join(building, "log") });
  const spec = machineSpec(o);
  try {
    // Written before the process exists, so that one left behind by a crash is found.
    await writeJson(join(building, machineFile), record);
    const machine = await o.driver.start(spec, record);
    await warm(machine, o.spec);
    await o.driver.snapshot(machine, spec, { memory: join(building, "memory"), state: join(building, "state") });
    await o.driver.destroy(record);
    await seal(building);
    await rm(o.directory, { recursive: true, force: true });
    await rename(building, o.directory);
  } finally {
    await o.driver.destroy(record);
    await rm(building, { recursive: true, force: true });
  }
}

/** The shape of a template's machine and of its clones. */
export function machineSpec(o: {
  image: ResolvedImage;
  spec: TemplateSpec;
  disk?: string;
  limits?: MachineLimits;
}): MachineSpec {
  return {
    image: o.image.files,
    layers: [...o.image.layers, ...o.spec.layers],
    memoryMiB: o.spec.memoryMiB,
    vcpus: o.spec.vcpus ?? 1,
    disk: o.disk,
    limits: o.limits && { cpus: o.limits.cpus, diskBytesPerSecond: o.limits.diskBytesPerSecond },
  };
}

async function warm(machine: Machine, spec: TemplateSpec): Promise<void> {
  const connection = await connect(machine);
  try {
    for (const { name, argv, env, readyMs } of spec.services ?? []) {
      const args = { name, argv, env, ready_ms: readyMs };
      await connection
        .call({ op: "start_service", args, maxData: 0, deadlineMs: readyMs + 10_000 })
        .catch((cause: unknown) => {
          throw failed(`the service ${name} did not start (${cause instanceof Error ? cause.message : cause})`, cause);
        });
    }
    for (const argv of spec.warm ?? []) await run(connection, argv);
  } finally {
    await connection.close();
  }
  await delay(settleMs);
}

async function connect(machine: Machine): Promise<Connection> {
  try {
    const isDoomed = () => !machine.isAlive();
    return await Connection.open(machine.record.rpc, { deadlineMs: bootMs, fresh: true, isDoomed });
  } catch (cause) {
    if (!isMicroVMError(cause)) throw cause;
    const diagnosis = await machine.diagnose();
    const text = `The VM did not boot; run \`vibewriter doctor\`. Its last words: ${diagnosis || "none"}`;
    throw new MicroVMError("start_failed", text, { cause });
  }
}

async function run(connection: Connection, argv: string[]): Promise<void> {
  const stderr: Uint8Array[] = [];
  const result = await connection.call({
    op: "exec",
    args: { argv, timeout_ms: warmMs, max_output: maxWarmOutput },
    maxData: 2 * maxWarmOutput,
    onData: (_, bytes) => stderr.push(bytes),
    deadlineMs: warmMs + 10_000,
  });
  if (result.exitCode === 0) return;
  const said = Buffer.concat(stderr).toString("utf8").trim().slice(-500);
  throw failed(`"${argv.join(" ")}" ended with ${result.exitCode}: ${said}`);
}

/** Makes the files of a template outlive a power cut, then records them. */
async function seal(directory: string): Promise<void> {
  for (const name of ["memory", "state"]) {
    const file = await open(join(directory, name), "r+");
    await file.sync();
    await file.close();
  }
  await rm(join(directory, machineFile), { force: true });
  await writeTemplateRecord(directory);
}

function failed(why: string, cause?: unknown): MicroVMError {
  return new MicroVMError("template_failed", `The VM template could not be built: ${why}.`, { cause });
}
