import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { buildBase } from "./base.mjs";
import { buildGuestAgent, guestDir } from "./guest.mjs";
import { buildInitrd } from "./initrd.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const recipeOf = {
  base: ["base.mjs", "architecture.mjs", "debian.mjs", "initrd.mjs", "kernel.mjs", "packages.txt"].map((name) =>
    join(here, name),
  ),
  agent: ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "src"].map((name) => join(guestDir, name)),
};

/** Names what `buildImage` would make: the same key, the same recipe and guest agent. */
export async function imageKey() {
  return (await hashFiles([...recipeOf.base, ...recipeOf.agent])).slice(0, 32);
}

/**
 * Makes the VM image: a kernel, an initramfs with the guest agent, and a Debian base file system. The base is kept in `cacheDir`
 * (beside `outDir` by default) under the hash of its recipe, so that a change of the agent takes seconds.
 * @param {{ outDir: string, cacheDir?: string, log?: (line: string) => void, aptOptions?: string[] }} options
 * @returns {Promise<{ kernel: string, vmlinux: string, initrd: string, base: string, digest: string }>} absolute paths, and a SHA-256 over
 *   all of them
 */
export async function buildImage({ outDir, cacheDir = join(outDir, "..", "parts"), log, aptOptions }) {
  const baseDir = join(cacheDir, `base-${(await hashFiles(recipeOf.base)).slice(0, 32)}`);
  if (!(await exists(baseDir))) {
    log?.("base: Debian root file system and kernel");
    await inPlace(baseDir, (dir) => buildBase({ outDir: dir, log, aptOptions }));
  }
  const agent = join(cacheDir, `agent-${(await hashFiles(recipeOf.agent)).slice(0, 32)}`, "vibewriter-guest");
  if (!(await exists(dirname(agent)))) {
    log?.("guest agent");
    await inPlace(dirname(agent), (dir) =>
      buildGuestAgent({ out: join(dir, "vibewriter-guest"), targetDir: join(cacheDir, "cargo"), log }),
    );
  }
  await mkdir(outDir, { recursive: true });
  const files = {
    kernel: join(baseDir, "vmlinuz"),
    vmlinux: join(baseDir, "vmlinux"),
    initrd: join(outDir, "initrd"),
    base: join(baseDir, "base.erofs"),
  };
  await buildInitrd({ agent, moduleDir: join(baseDir, "modules"), out: `${files.initrd}.part` });
  await rename(`${files.initrd}.part`, files.initrd);
  const image = { ...files, digest: await digest(Object.values(files)) };
  await writeFile(join(outDir, "image.json.part"), `${JSON.stringify(image, null, 2)}\n`);
  await rename(join(outDir, "image.json.part"), join(outDir, "image.json"));
  return image;
}

/** Whoever finds `dir` finds it whole. */
async function inPlace(dir, make) {
  const part = `${dir}.part-${process.pid}`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  try {
    await make(part);
    await rename(part, dir);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Over names and contents, folders with all that is in them. */
async function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesOf(path))
      hash
        .update(`${relative(here, file)}\0`)
        .update(await readFile(file))
        .update("\0");
  }
  return hash.digest("hex");
}

async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(sorted.map((entry) => filesOf(join(path, entry.name))))).flat();
}

async function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths) await pipeline(createReadStream(path), hash, { end: false });
  return hash.digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outDir = process.argv[2];
  if (!outDir) {
    process.stderr.write("usage: node packages/microvm/image/build.mjs OUT_DIR\n");
    process.exit(2);
  }
  const begun = Date.now();
  const log = (line) => process.stderr.write(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  process.stdout.write(`${JSON.stringify(await buildImage({ outDir, log }), null, 2)}\n`);
}
