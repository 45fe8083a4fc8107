import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { Cache } from "./cache.mjs";
import { askForRoot, requireInstallable } from "./debian.mjs";
import { requireSpace } from "./disk.mjs";
import { firecrackerStep } from "./firecracker.mjs";
import { imageStep } from "./image.mjs";
import { layerStep } from "./layer.mjs";
import { lock } from "./lock.mjs";
import { natsStep } from "./nats.mjs";
import { HOME_BYTES } from "./pins.mjs";
import { PACKAGE_STEPS, PLAN } from "./plan.mjs";
import { distribution, requirePlatform } from "./platform.mjs";
import { Progress, seconds } from "./progress.mjs";
import { qemu } from "./qemu.mjs";
import { look, make } from "./runner.mjs";

/**
 * Makes everything that is missing and writes `<home>/setup.json`. Silent if there is nothing to do; otherwise progress
 * on standard error, everything in full in `<home>/logs/setup.log`.
 * @param {{ root: string, env: NodeJS.ProcessEnv, signal: AbortSignal, osRelease?: string,
 *   out?: { isTTY?: boolean, columns?: number, write(text: string): boolean } }} options
 * @throws SetupError with the exit code, or the reason of `signal` when that aborts
 */
export async function setUp({ root, env, signal, osRelease, out = process.stderr }) {
  requirePlatform({ platform: process.platform, arch: process.arch, nodeVersion: process.version });
  const context = await contextOf({ root, env, osRelease });
  const found = await look(PLAN, context);
  if (found.size === PLAN.size) {
    await writeManifest(context, found);
    return;
  }
  const progress = new Progress(out);
  const release = await lockBoth(context, { progress, signal });
  try {
    await context.cache.sweep();
    if (!found.has(imageStep)) await requireSpace(context.home, HOME_BYTES);
    const isTerminal = Boolean(out.isTTY && process.stdin.isTTY);
    const mayAsk = isTerminal && PACKAGE_STEPS.some((step) => !found.has(step));
    context.sudo = askForRoot({ env, uid: context.uid, mayAsk });
    requireInstallable(context, (await Promise.all(PACKAGE_STEPS.map((step) => step.wanted(context)))).flat());
    await mkdir(join(context.home, "logs"), { recursive: true });
    const file = createWriteStream(join(context.home, "logs", "setup.log"));
    try {
      const log = (line) => file.write(`${new Date().toISOString()} ${line}\n`);
      await writeManifest(context, await make(PLAN, context, { progress, log, signal }));
    } finally {
      await new Promise((done) => file.end(done));
    }
    for (const note of context.notes) progress.say(`note: ${note}`);
    progress.say(`ready after ${seconds(progress.elapsedMs)}; kept in ${join(context.home, "cache")}`);
  } finally {
    progress.close();
    await release();
  }
}

/** What every step and check looks at. */
export async function contextOf({ root, env, osRelease }) {
  const home = resolve(env.VIBEWRITER_HOME || join(homedir(), ".vibewriter"));
  return {
    root,
    env,
    home,
    cache: new Cache(home),
    distribution: distribution(osRelease),
    previous: await readManifest(home),
    uid: userInfo().uid,
    /** How to become root, once that is known to be needed. */
    sudo: undefined,
    /** What a person should know at the end. */
    notes: [],
  };
}

/** `<home>/setup.json`, or `undefined` if there is none that can be read. */
async function readManifest(home) {
  try {
    return JSON.parse(await readFile(join(home, "setup.json"), "utf8"));
  } catch {
    return undefined; // Absent or damaged: it is written again.
  }
}

async function writeManifest(context, results) {
  const { server } = results.get(natsStep);
  const manifest = {
    version: 1,
    image: results.get(imageStep),
    layer: results.get(layerStep),
    natsServer: server && { path: server.path, version: server.version },
    qemu: await qemu(context.env),
    firecracker: results.get(firecrackerStep).firecracker,
  };
  if (JSON.stringify(manifest) === JSON.stringify(context.previous)) return;
  const path = join(context.home, "setup.json");
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** Two set-ups may share a home, a checkout, or both. */
async function lockBoth({ root, home, uid }, { progress, signal }) {
  const waiting = (pid) => progress.say(`another set-up (process ${pid}) is at work; waiting for it`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const releaseHome = await lock(join(home, "setup.lock"), { signal, waiting });
  try {
    // Not inside the checkout: `npm ci` empties its node_modules, and anything else would show up in git.
    const release = await lock(join(tmpdir(), `vibewriter-setup-${uid}-${checkout}.lock`), { signal, waiting });
    return async () => {
      await release();
      await releaseHome();
    };
  } catch (error) {
    await releaseHome();
    throw error;
  }
}
