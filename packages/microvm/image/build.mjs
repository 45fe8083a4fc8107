import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBase } from "./base.mjs";
import { buildGuestAgent } from "./guest-agent.mjs";
import { buildInitrd } from "./initrd.mjs";

const IMAGE = fileURLToPath(new URL("./", import.meta.url));
const GUEST = fileURLToPath(new URL("../guest/", import.meta.url));

/**
 * Builds the VM image into `outDir`: kernel, initramfs with the guest agent, and the read-only base.
 * `log` gets a line now and then. Resolves with absolute paths and a digest over the contents. About 45 s, 2 GiB.
 */
export async function buildImage({
  outDir,
  log = () => undefined,
  signal,
  mirror,
  cargo,
  targetDir = join(outDir, "cargo"),
}) {
  await mkdir(outDir, { recursive: true });
  const [guestAgent, { base, kernelDir }] = await Promise.all([
    buildGuestAgent({ targetDir, log, signal, cargo }),
    buildBase({ outDir, log, signal, mirror }),
  ]);
  const { kernel, initrd } = await buildInitrd({ kernelDir, guestAgent, outDir, signal });
  await rm(kernelDir, { recursive: true, force: true });
  if (targetDir.startsWith(outDir)) await rm(targetDir, { recursive: true, force: true });
  return { kernel, initrd, base, digest: await digestOf([kernel, initrd, base]) };
}

/** What the image is made of: equal keys mean that nothing has to be built. */
export async function imageKey() {
  const hash = createHash("sha256");
  for (const [folder, name] of [...(await sources(IMAGE, /\.mjs$/)), ...(await sources(GUEST, /\.(rs|toml|lock)$/))]) {
    hash
      .update(name)
      .update("\0")
      .update(await readFile(join(folder, name)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 32);
}

async function sources(folder, pattern) {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => pattern.test(name) && !name.startsWith("target"))
    .sort()
    .map((name) => [folder, name]);
}

async function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}
