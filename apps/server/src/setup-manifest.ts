import { readFile } from "node:fs/promises";
import { z } from "zod";
import { codeOf, ServerError } from "./errors.js";
import { requireWhole } from "./whole.js";

/** What `scripts/setup.mjs` made, in `<home>/setup.json`; all paths absolute. */
export const SetupManifest = z.object({
  version: z.literal(1),
  image: z.object({
    kernel: z.string(),
    vmlinux: z.string(),
    initrd: z.string(),
    base: z.string(),
    digest: z.string(),
  }),
  layer: z.object({ path: z.string(), digest: z.string(), skills: z.string().optional() }),
  natsServer: z.object({ path: z.string(), version: z.string() }).nullable(),
  qemu: z.object({ path: z.string(), version: z.string() }),
});
export type SetupManifest = z.infer<typeof SetupManifest>;

/** Reads the manifest. Throws ServerError requirement_missing when the set-up has not run, or what it made is damaged. */
export async function readSetup(path: string): Promise<SetupManifest> {
  const setup = await readManifest(path);
  const { image, layer } = setup;
  await requireWhole([image.kernel, image.vmlinux, image.initrd, image.base, layer.path]);
  return setup;
}

async function readManifest(path: string): Promise<SetupManifest> {
  try {
    return SetupManifest.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    const what = codeOf(cause) === "ENOENT" ? "This home is not set up" : `${path} is damaged`;
    throw new ServerError("requirement_missing", `${what}; run \`npm run setup\`.`, { cause });
  }
}
