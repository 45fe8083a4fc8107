import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildImage, imageKey } from "../../packages/microvm/image/build.mjs";
import { SetupError } from "./errors.mjs";
import { cargo } from "./platform.mjs";

const KIND = "image";
const MANIFEST = "image.json";

/** Kernel, initramfs with the guest agent, and the read-only base of every VM. */
export const imageStep = {
  name: "VM image",
  async current({ cache }) {
    const folder = await cache.find(KIND, await imageKey());
    if (!folder) return undefined;
    const { kernel, initrd, base, digest } = JSON.parse(await readFile(join(folder, MANIFEST), "utf8"));
    return { kernel: join(folder, kernel), initrd: join(folder, initrd), base: join(folder, base), digest };
  },
  async make(context, { log, signal }) {
    const key = await imageKey();
    try {
      await context.cache.make(KIND, key, async (outDir) => {
        const built = await buildImage({ outDir, log, signal, cargo: await cargo(context.env) });
        const { kernel, initrd, base, digest } = built;
        const names = { kernel: basename(kernel), initrd: basename(initrd), base: basename(base), digest };
        await writeFile(join(outDir, MANIFEST), `${JSON.stringify(names)}\n`);
      });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new SetupError(1, `The VM image could not be built: ${cause.message}`, { cause });
    }
    return await this.current(context);
  },
};

/** Names of damaged files of the image, by reading all of it; `undefined` if there is no image. */
export async function damagedImage(cache) {
  return await cache.damaged(KIND, await imageKey());
}
