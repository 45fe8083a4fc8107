import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type EgressGateway, type ImageFiles, MicroVMs, type TemplateSpec, type VmEvent } from "../../src/index.js";

const setup = z.object({
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
});

export const template: TemplateSpec = { name: "test", memoryMiB: 256, layers: [], warm: [["/bin/sh", "-c", "true"]] };

/** The image that the set-up made. A test without it fails: there is nothing to put in its place. */
export async function builtImage(): Promise<ImageFiles> {
  const path = join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "setup.json");
  const content = await readFile(path, "utf8").catch(() => undefined);
  const parsed = content === undefined ? undefined : setup.safeParse(JSON.parse(content));
  if (!parsed?.success) throw new Error(`There is no VM image on record at ${path}: run \`npm run setup\`.`);
  return parsed.data.image;
}

/** A home of its own for a test file, removed with everything that ran in it. */
export async function temporaryHome() {
  const image = await builtImage();
  const home = await mkdtemp(join(tmpdir(), "vw-vm-"));
  const events: VmEvent[] = [];
  return {
    home,
    image,
    events,
    open: (o: { gateway?: EgressGateway } = {}) =>
      MicroVMs.open({ home, image, onEvent: (event) => events.push(event), ...o }),
    async [Symbol.asyncDispose]() {
      await MicroVMs.cleanUp(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const bytes = (value: string) => new TextEncoder().encode(value);
