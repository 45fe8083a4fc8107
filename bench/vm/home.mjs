import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { MicroVMs } from "../../packages/microvm/dist/index.js";

export const template = { name: "bench", memoryMiB: 256, layers: [], warm: [["/bin/sh", "-c", "true"]] };

/** A home of its own with the template built, so that no figure pays for it; removed with everything in it. */
export async function openBench() {
  const home = await mkdtemp(join(tmpdir(), "vw-bench-"));
  const image = await builtImage();
  const vms = await MicroVMs.open({ home, image });
  await (await vms.create({ template })).destroy();
  return {
    home,
    image,
    vms,
    isEmulated: vms.isolation === "emulated",
    async close() {
      await vms.stopAll();
      await MicroVMs.cleanUp(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function builtImage() {
  const path = join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "setup.json");
  if (!existsSync(path)) throw new Error(`There is no VM image on record at ${path}: run \`npm run setup\`.`);
  return JSON.parse(await readFile(path, "utf8")).image;
}
