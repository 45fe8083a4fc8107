import { constants, existsSync } from "node:fs";
import { access, chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { download } from "./nats.mjs";
import { FIRECRACKER } from "./pins.mjs";
import { run, versionOf, which } from "./shell.mjs";

const KIND = "firecracker";
const PROGRAMS = ["firecracker", "jailer"];

/** Firecracker and its jailer, where VMs can run with them: VMs run with QEMU otherwise, so none of this is ever an error. */
export const firecrackerStep = {
  name: "Firecracker",
  async current({ env, cache, previous, uid }) {
    if (!(await isOfUse(uid))) return { firecracker: null };
    const there = installed(env) ?? (await kept(cache));
    if (there) return { firecracker: there };
    // Where the last set-up could not fetch it, a hook does not try again each time; `npm run setup` does.
    return env.npm_lifecycle_event?.startsWith("pre") && previous?.firecracker === null
      ? { firecracker: null }
      : undefined;
  },
  async make({ env, cache, notes }, { log, signal }) {
    try {
      const { version, sha256 } = FIRECRACKER;
      const sum = sha256[process.arch];
      await cache.make(KIND, version, (work) => fetchRelease({ url: archiveUrl(env), sha256: sum, work, log, signal }));
      return { firecracker: await kept(cache) };
    } catch (error) {
      signal.throwIfAborted();
      log(error.message);
      notes.push(`Firecracker could not be had, VMs run with QEMU: ${error.message.split("\n").at(-1)}`);
      return { firecracker: null };
    }
  },
};

/** Only root can start the jailer; without KVM, or on one that is paravirtual, no VM boots. */
async function isOfUse(uid) {
  if (uid !== 0 || existsSync("/sys/module/kvm_pvm") || !FIRECRACKER.sha256[process.arch]) return false;
  return access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

function installed(env) {
  const path = env.FIRECRACKER_BIN || which("firecracker", env);
  const jailer = env.JAILER_BIN || which("jailer", env);
  return path && jailer ? { path, jailer } : undefined;
}

async function kept(cache) {
  const folder = await cache.find(KIND, FIRECRACKER.version);
  return folder && { path: join(folder, "firecracker"), jailer: join(folder, "jailer") };
}

/** `VIBEWRITER_FIRECRACKER_SOURCE` names a mirror of the releases; the sum that is asked for stays the same. */
function archiveUrl(env) {
  const { source, version, machine } = FIRECRACKER;
  const base = (env.VIBEWRITER_FIRECRACKER_SOURCE || source).replace(/\/+$/, "");
  return `${base}/v${version}/firecracker-v${version}-${machine[process.arch]}.tgz`;
}

/** Fills `work` with the two programs of a release, under names that do not change from release to release. */
export async function fetchRelease({ url, sha256, work, log, signal }) {
  const archive = join(work, "archive.tgz");
  log(`downloading ${url}`);
  await download(url, archive, sha256, signal);
  const suffix = /firecracker(-v[^/]*)\.tgz$/.exec(url)?.[1] ?? "";
  const options = ["--strip-components=1", "--no-same-owner", "--wildcards"];
  const wanted = PROGRAMS.map((name) => `*/${name}${suffix}`);
  await run("tar", ["-xzf", archive, "-C", work, ...options, ...wanted], { log, signal });
  await rm(archive);
  for (const name of PROGRAMS) {
    await rename(join(work, `${name}${suffix}`), join(work, name));
    await chmod(join(work, name), 0o755);
    if (!(await versionOf(join(work, name)))) throw new Error(`the ${name} of ${url} does not run here`);
  }
}
