import { existsSync } from "node:fs";
import { copyFile, link, readFile, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { imageKey } from "../../packages/microvm/image/build.mjs";
import { SetupError } from "./errors.mjs";
import { cargo } from "./platform.mjs";
import { run } from "./shell.mjs";

const KIND = "image";
/** What survives a change of the guest agent: the base, and the compiler's work. */
const PARTS = "image-parts";
const MANIFEST = "image.json";

/** Kernel, initramfs with the guest agent, and the read-only base of every VM. */
export const imageStep = {
  name: "VM image",
  async current({ cache }, key) {
    const folder = await cache.find(KIND, key ?? (await imageKey()));
    if (!folder) return undefined;
    const { digest, ...names } = JSON.parse(await readFile(join(folder, MANIFEST), "utf8"));
    const files = Object.entries(names).map(([part, name]) => [part, join(folder, name)]);
    return { ...Object.fromEntries(files), digest };
  },
  async make(context, { log, signal }) {
    const { cache } = context;
    const key = await imageKey();
    const parts = cache.path(PARTS, "");
    // It was there and is not whole: its parts, which share their bytes with it, are not to be trusted either.
    if (existsSync(cache.path(KIND, key))) await rm(parts, { recursive: true, force: true });
    try {
      await cache.make(KIND, key, async (outDir) => {
        const built = await build(context, outDir, parts, { log, signal });
        const names = { digest: built.digest };
        for (const part of ["kernel", "vmlinux", "initrd", "base"]) {
          names[part] = basename(built[part]);
          if (relative(outDir, built[part]).startsWith("..")) await share(built[part], join(outDir, names[part]));
        }
        await writeFile(join(outDir, MANIFEST), `${JSON.stringify(names)}\n`);
      });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new SetupError(1, `The VM image could not be built: ${cause.message}`, { cause });
    }
    // Of what was built, even if somebody has changed its sources meanwhile.
    return await this.current(context, key);
  },
};

/** Names of damaged files of the image, by reading all of it; `undefined` if there is no image. */
export async function damagedImage(cache) {
  return await cache.damaged(KIND, await imageKey());
}

async function build({ env }, outDir, parts, { log, signal }) {
  const compiler = dirname((await cargo(env)) ?? "");
  const PATH = [compiler, env.PATH, "/usr/sbin", "/sbin"].join(delimiter);
  const script = fileURLToPath(new URL("build-image.mjs", import.meta.url));
  const output = await run(process.execPath, [script, outDir, parts], { log, signal, env: { ...env, PATH } });
  return JSON.parse(output);
}

/** The same file under a second name; a copy where the file system has no such thing. */
async function share(from, to) {
  await link(from, to).catch(() => copyFile(from, to));
}
