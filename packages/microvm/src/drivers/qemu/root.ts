import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { hasCode } from "../../home.js";

/** Where QEMU, confined, finds what belongs to its machine. */
export const places = {
  kernel: "/kernel",
  initrd: "/initrd",
  memory: "/memory",
  sockets: "/sockets",
  kvm: "/dev/kvm",
  null: "/dev/null",
} as const;

/** Firmware of the `microvm` machine; of these, QEMU opens what it needs. */
const firmware = ["bios-microvm.bin", "linuxboot_dma.bin", "linuxboot.bin", "pvh.bin", "kvmvapic.bin"];
/** Where distributions that build QEMU in parts keep the emulator. */
const moduleFolders = ["/usr/lib/x86_64-linux-gnu/qemu", "/usr/lib64/qemu", "/usr/lib/qemu"];
const emulator = "accel-tcg-x86_64.so";
const commandMs = 10_000;
const run = promisify(execFile);

/**
 * A folder under `cache` with copies of QEMU, `helper` and the libraries they load, and nothing else: the file system of a confined QEMU.
 * It is made once, and again when any of the originals was upgraded.
 */
export async function qemuRoot(o: { cache: string; binary: string; helper: string }): Promise<string> {
  const files = await wanted(o.binary, o.helper);
  const root = join(o.cache, "vmm", await digest(files));
  if (await exists(root)) return root;
  const making = `${root}.${randomBytes(4).toString("hex")}.making`;
  try {
    for (const file of files) await put(file, join(making, file));
    for (const place of [places.kernel, places.initrd, places.memory, places.kvm, places.null])
      await put(undefined, join(making, place));
    await mkdir(join(making, places.sockets));
    // It is another user's file system, whatever the owner's umask is.
    await run("chmod", ["-R", "a+rX,go-w", making], { timeout: commandMs });
    await rename(making, root).catch((error: unknown) => {
      // Another process has made the same meanwhile.
      if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "EEXIST")) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return root;
}

async function wanted(binary: string, helper: string): Promise<string[]> {
  const { stdout } = await run(binary, ["-L", "help"], { timeout: commandMs });
  const data = stdout.split("\n").filter((line) => line.startsWith("/"));
  const parts = [
    ...firmware.map((name) => data.map((folder) => join(folder, name))),
    moduleFolders.map((folder) => join(folder, emulator)),
  ];
  const programs = [binary, helper];
  const others: string[] = [];
  for (const paths of parts) {
    for (const path of paths) {
      if (!(await exists(path))) continue;
      others.push(path);
      break;
    }
  }
  const loaded = await Promise.all([...programs, ...others.filter((path) => path.endsWith(".so"))].map(libraries));
  return [...new Set([...programs, ...others, ...loaded.flat()])].sort();
}

/** The files that the dynamic loader maps for a program or library, the loader itself among them. */
async function libraries(path: string): Promise<string[]> {
  const { stdout } = await run("ldd", [path], { timeout: commandMs });
  return stdout.split("\n").flatMap((line) => /(?:^|\s)(\/\S+)/.exec(line)?.[1] ?? []);
}

/** Over which files there are and when they were changed last: reading them all at each start would cost more than a VM. */
async function digest(files: string[]): Promise<string> {
  const traits = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return [file, size, mtimeMs];
    }),
  );
  return createHash("sha256")
    .update(JSON.stringify([places, traits]))
    .digest("hex")
    .slice(0, 32);
}

/** A copy; an empty file where there is nothing to copy. */
async function put(from: string | undefined, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (from === undefined) await writeFile(to, "");
  else await copyFile(from, to);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
