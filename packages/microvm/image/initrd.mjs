import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What both kinds of VM need, then what only QEMU's have and what only Firecracker's have. */
const drivers = {
  common: ["virtio_mmio", "virtio_blk", "virtio-rng", "erofs", "overlay"],
  qemu: ["virtio_console"],
  firecracker: ["vmw_vsock_virtio_transport", "virtio_balloon"],
};

/** The modules a VM needs, besides those that they need themselves. What is built into the kernel is not there to be loaded. */
export const modules = Object.values(drivers).flat();

/**
 * Writes the initramfs: the guest agent as /init, and the kernel modules in the order in which they are loaded. It is not
 * compressed: decompressing takes the emulated processor longer than the host takes to read it.
 * @param {{ agent: string, moduleDir: string, out: string }} options moduleDir holds the uncompressed `.ko` files
 */
export async function buildInitrd({ agent, moduleDir, out }) {
  const order = await loadOrder(moduleDir);
  const archive = new Cpio();
  for (const directory of ["dev", "modules"]) archive.directory(directory);
  archive.device("dev/console", 5, 1);
  archive.file("init", await readFile(agent), 0o755);
  archive.file("modules/order", Buffer.from(`${order.map(({ name }) => `${name}.ko`).join("\n")}\n`), 0o644);
  for (const { name, bytes } of order) archive.file(`modules/${name}.ko`, bytes, 0o644);
  await writeFile(out, archive.end());
}

/** Each module after those it names in its `depends=`. */
async function loadOrder(moduleDir) {
  const order = [];
  const add = async (name) => {
    if (order.some((module) => module.name === name)) return;
    const bytes = await readModule(moduleDir, name);
    if (!bytes) return;
    for (const needed of dependencies(bytes)) await add(needed);
    order.push({ name, bytes });
  };
  for (const name of modules) await add(name);
  return order;
}

/** A module's file may have `-` where its name has `_`. Without a file it is part of the kernel. */
async function readModule(moduleDir, name) {
  for (const spelling of [name, name.replaceAll("_", "-"), name.replaceAll("-", "_")]) {
    try {
      return await readFile(join(moduleDir, `${spelling}.ko`));
    } catch (cause) {
      if (cause.code !== "ENOENT") throw cause;
    }
  }
  return undefined;
}

function dependencies(bytes) {
  const at = bytes.indexOf("\0depends=");
  if (at < 0) return [];
  const start = at + "\0depends=".length;
  return bytes
    .toString("latin1", start, bytes.indexOf(0, start))
    .split(",")
    .filter((name) => name !== "");
}

/** The `newc` format. Everything belongs to root and has no time, so that the same contents make the same bytes. */
class Cpio {
  #parts = [];
  #inode = 1;

  directory(name) {
    this.#entry(name, 0o040755);
  }

  file(name, bytes, mode) {
    this.#entry(name, 0o100000 | mode, bytes);
  }

  device(name, major, minor) {
    this.#entry(name, 0o020600, Buffer.alloc(0), major, minor);
  }

  end() {
    this.#entry("TRAILER!!!", 0);
    return Buffer.concat(this.#parts);
  }

  #entry(name, mode, bytes = Buffer.alloc(0), major = 0, minor = 0) {
    const path = Buffer.from(`${name}\0`);
    const fields = [this.#inode++, mode, 0, 0, 1, 0, bytes.length, 0, 0, major, minor, path.length, 0];
    const header = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, "0")).join("")}`);
    this.#parts.push(header, path, padding(header.length + path.length), bytes, padding(bytes.length));
  }
}

const padding = (length) => Buffer.alloc((4 - (length % 4)) % 4);
