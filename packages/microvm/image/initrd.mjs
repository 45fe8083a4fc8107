import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { MODULES } from "./recipe.mjs";
import { run } from "./run.mjs";

/**
 * Makes `<outDir>/initrd` (the guest agent as `/init`, the modules as `/modules/NN-name.ko`, loaded in that order) and
 * `<outDir>/vmlinuz` from an unpacked kernel package. The initramfs is not compressed: unpacking costs more than reading under emulation.
 */
export async function buildInitrd({ kernelDir, guestAgent, outDir, signal }) {
  const work = await mkdtemp(join(outDir, "initrd-"));
  try {
    await mkdir(join(work, "modules"));
    await copyFile(guestAgent, join(work, "init"));
    await unpackModules(kernelDir, join(work, "modules"), signal);
    const script =
      'find . -print0 | LC_ALL=C sort -z | cpio --null --create --format=newc --owner=0:0 --reproducible --quiet > "$0"';
    await run("sh", ["-ec", `chmod 755 init; find . -exec touch -hd @0 {} +; ${script}`, join(outDir, "initrd.part")], {
      cwd: work,
      signal,
    });
    await rename(join(outDir, "initrd.part"), join(outDir, "initrd"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await copyFile(await kernelOf(kernelDir), join(outDir, "vmlinuz"));
  return { kernel: join(outDir, "vmlinuz"), initrd: join(outDir, "initrd") };
}

async function unpackModules(kernelDir, into, signal) {
  const files = (await readdir(join(kernelDir, "usr/lib/modules"), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  for (const [index, name] of MODULES.entries()) {
    const file = files.find((entry) => entry.name === `${name}.ko.xz`);
    if (!file) throw new Error(`The kernel package has no module ${name}.`);
    const target = join(into, `${String(index).padStart(2, "0")}-${name}.ko`);
    await run("sh", ["-ec", 'xz --decompress --stdout "$0" > "$1"', join(file.parentPath, file.name), target], {
      signal,
    });
  }
}

async function kernelOf(kernelDir) {
  const kernel = (await readdir(join(kernelDir, "boot"))).find((name) => name.startsWith("vmlinuz-"));
  if (!kernel) throw new Error("The kernel package has no vmlinuz.");
  return join(kernelDir, "boot", kernel);
}
