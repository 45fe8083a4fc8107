import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
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

/** The home that the set-up filled. */
const realHome = () => process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");

/** The image that the set-up made. A test without it fails: there is nothing to put in its place. */
export async function builtImage(): Promise<ImageFiles> {
  const path = join(realHome(), "setup.json");
  const content = await readFile(path, "utf8").catch(() => undefined);
  const parsed = content === undefined ? undefined : setup.safeParse(JSON.parse(content));
  if (!parsed?.success) throw new Error(`There is no VM image on record at ${path}: run \`npm run setup\`.`);
  return parsed.data.image;
}

/**
 * A home of its own for a test file, removed with everything that ran in it. It has the templates that other tests have built already, unless
 * the test damages, counts or removes templates, or makes some that nobody else has a use for.
 */
export async function temporaryHome(o: { templates: "shared" | "own" } = { templates: "shared" }) {
  const image = await builtImage();
  const home = await mkdtemp(join(tmpdir(), "vw-vm-"));
  await lendCache(home, o);
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

/** Gives a home what the one that the set-up filled has found out and made: the trial of KVM, the files that QEMU is confined to, templates. */
export async function lendCache(home: string, o: { templates: "shared" | "own" }): Promise<void> {
  const [real, own] = [join(realHome(), "cache"), join(home, "cache")];
  await mkdir(own, { recursive: true, mode: 0o700 });
  // A copy: whoever makes the trial anew puts another file in its place.
  await copyFile(join(real, "kvm.json"), join(own, "kvm.json")).catch(() => undefined); // None was made: this home makes its own.
  for (const name of o.templates === "shared" ? ["vmm", "templates"] : ["vmm"]) {
    await mkdir(join(real, name), { recursive: true, mode: 0o700 });
    await symlink(join(real, name), join(own, name));
  }
}

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const bytes = (value: string) => new TextEncoder().encode(value);
