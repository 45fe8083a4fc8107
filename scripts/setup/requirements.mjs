import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileStep } from "./compile.mjs";
import { freeBytes } from "./disk.mjs";
import { firecrackerStep } from "./firecracker.mjs";
import { damagedImage, imageStep } from "./image.mjs";
import { damagedLayer, layerStep } from "./layer.mjs";
import { natsStep } from "./nats.mjs";
import { npmStep } from "./npm.mjs";
import { HOME_BYTES, NATS_AT_LEAST, NODE_AT_LEAST } from "./pins.mjs";
import { missing, requirePlatform } from "./platform.mjs";
import { qemu } from "./qemu.mjs";
import { contextOf } from "./set-up.mjs";
import { atLeast, which } from "./shell.mjs";

const SETUP = "npm run setup";
/** Runs keep sources and drafts; below this the doctor warns. */
const LOW_BYTES = 1024 ** 3;

/**
 * Everything a home needs, each `{ name, status: "ok" | "degraded" | "missing", detail, fix? }`. Reads the whole cache,
 * which takes a second or two.
 */
export async function checkRequirements({ home, env = process.env }) {
  const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
  const context = await contextOf({ root, env: { ...env, VIBEWRITER_HOME: home } });
  const checks = [
    ["Node.js", node],
    ["distribution", system],
    ["npm packages", packages],
    ["compiled sources", compiled],
    ["QEMU", machine],
    ["hardware virtualisation", kvm],
    ["Firecracker", firecracker],
    ["image tools", () => programs(context, "image", "only needed to build the VM image")],
    ["compilers", () => programs(context, "tools", "only needed to build the guest agent and native modules")],
    ["setpriv", deathSignal],
    ["nats-server", nats],
    ["VM image", image],
    ["VM layer", layer],
    ["disk space", disk],
  ];
  return await Promise.all(
    checks.map(async ([name, check]) => {
      try {
        return { name, ...(await check(context)) };
      } catch (error) {
        return { name, status: "missing", detail: error.message, fix: SETUP };
      }
    }),
  );
}

const ok = (detail) => ({ status: "ok", detail });

async function node() {
  try {
    requirePlatform({ platform: process.platform, arch: process.arch, nodeVersion: process.version });
    return ok(`${process.version} on ${process.platform} ${process.arch}`);
  } catch (error) {
    return { status: "missing", detail: error.message, fix: `install Node ${NODE_AT_LEAST.join(".")} or later` };
  }
}

async function system({ distribution }) {
  if (distribution.debian !== undefined) return ok(distribution.name);
  const detail = `${distribution.name}: the set-up installs packages on Debian 12 and 13 only`;
  return { status: "degraded", detail, fix: "install by hand what is missing below" };
}

async function packages(context) {
  return (await npmStep.current(context))
    ? ok("as in package-lock.json")
    : { status: "missing", detail: "not what package-lock.json says", fix: SETUP };
}

async function compiled(context) {
  return (await compileStep.current(context))
    ? ok("up to date")
    : { status: "missing", detail: "older than the sources, or not there", fix: SETUP };
}

async function machine({ env }) {
  const { path, version } = await qemu(env);
  const left = await missing(["run"], env);
  if (left.length === 0) return ok(`${version}, ${path}`);
  return { status: "missing", detail: `without ${left.map((p) => p.what).join(", ")}`, fix: SETUP };
}

async function kvm({ home }) {
  try {
    await access("/dev/kvm", constants.R_OK | constants.W_OK);
    const boots = await triedKvm(home);
    if (boots === undefined)
      return ok("/dev/kvm is open to you; whether a VM really boots on it is tried when the first one starts");
    if (boots) return ok("VMs boot on /dev/kvm");
    const detail = "/dev/kvm is open to you, but no VM boots on it: VMs are emulated";
    return { status: "degraded", detail, fix: "use a machine with KVM for speed and isolation" };
  } catch (error) {
    const closed = error.code === "EACCES";
    return {
      status: "degraded",
      detail: closed ? "/dev/kvm is closed to you: VMs are emulated" : "no /dev/kvm: VMs are emulated",
      fix: closed ? "add yourself to the group kvm and log in again" : "use a machine with KVM for speed and isolation",
    };
  }
}

/** What the server's trial with a VM said since this machine was started (`packages/microvm`, `drivers/probe.ts`). */
async function triedKvm(home) {
  try {
    const { key, kvm } = JSON.parse(await readFile(join(home, "cache", "kvm.json"), "utf8"));
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    return JSON.parse(key)[0] === boot ? kvm : undefined;
  } catch {
    return undefined;
  }
}

async function firecracker(context) {
  const found = await firecrackerStep.current({
    ...context,
    env: { ...context.env, npm_lifecycle_event: "predoctor" },
  });
  if (!found) return { status: "degraded", detail: "not fetched yet: VMs run with QEMU", fix: SETUP };
  if (found.firecracker) return ok(found.firecracker.path);
  const detail = "not to be had or of no use here (it takes root, KVM, and a KVM that boots VMs): VMs run with QEMU";
  return { status: "degraded", detail, fix: "`vibewriter vm check-host` says what a production host needs" };
}

async function programs({ env }, purpose, note) {
  const left = await missing([purpose], env);
  if (left.length === 0) return ok("all there");
  return { status: "degraded", detail: `without ${left.map((p) => p.what).join(", ")} (${note})`, fix: SETUP };
}

async function deathSignal({ env }) {
  const path = which("setpriv", env);
  if (path) return ok(path);
  const detail = "without it nats-server outlives a killed server until the next start, and QEMU is not confined";
  return { status: "degraded", detail, fix: "install util-linux" };
}

async function nats(context) {
  const found = await natsStep.current({ ...context, env: { ...context.env, npm_lifecycle_event: "predoctor" } });
  if (!found) return { status: "missing", detail: "no nats-server was found", fix: SETUP };
  if (found.server === null) return ok("NATS_URL names an external one");
  const { path, version, tier } = found.server;
  if (tier === "full") return ok(`${version}, ${path}`);
  // `sync_interval: always` came with 2.10.
  const risk = atLeast(version.split(".").map(Number), [2, 10]) ? "" : "; a power failure may lose acknowledged writes";
  const detail = `${version}, ${path}: the degraded tier, below ${NATS_AT_LEAST.join(".")}${risk}`;
  return { status: "degraded", detail, fix: "install Go or connect to the network, then npm run setup" };
}

async function image({ cache }) {
  return whole(await damagedImage(cache), await imageStep.current({ cache }));
}

async function layer(context) {
  return whole(await damagedLayer(context), await layerStep.current(context));
}

function whole(damaged, current) {
  if (damaged === undefined) return { status: "missing", detail: "not built for these sources", fix: SETUP };
  if (damaged.length > 0) return { status: "missing", detail: `damaged: ${damaged.join(", ")}`, fix: SETUP };
  return ok(current.digest.slice(0, 16));
}

async function disk({ home, cache }) {
  const bytes = await freeBytes(home);
  const needed = (await imageStep.current({ cache })) ? LOW_BYTES : HOME_BYTES;
  const detail = `${(bytes / 1024 ** 3).toFixed(1)} GiB free in ${home}`;
  if (bytes >= needed) return ok(detail);
  return { status: "degraded", detail, fix: "free some space, or set VIBEWRITER_HOME to a folder on another disk" };
}
