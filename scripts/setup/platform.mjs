import { existsSync, readFileSync } from "node:fs";
import { SetupError } from "./errors.mjs";
import { CARGO_AT_LEAST, NODE_AT_LEAST } from "./pins.mjs";
import { atLeast, versionOf, which } from "./shell.mjs";

/**
 * Programs the set-up uses, with the Debian package of each.
 * `when`: `run` - always, VMs need it; `image` - to build the image or the layer; `tools` - to build programs.
 */
export const PROGRAMS = [
  { program: "qemu-system-x86_64", package: "qemu-system-x86", what: "QEMU for x86", when: "run" },
  { program: "mke2fs", package: "e2fsprogs", what: "e2fsprogs", when: "run" },
  // It makes the file system and the namespaces that QEMU is confined in.
  { program: "bwrap", package: "bubblewrap", what: "bubblewrap", when: "run" },
  { program: "mmdebstrap", package: "mmdebstrap", what: "mmdebstrap", when: "image" },
  { program: "mkfs.erofs", package: "erofs-utils", what: "erofs-utils", when: "image" },
  { program: "cpio", package: "cpio", what: "cpio", when: "image" },
  { program: "zstd", package: "zstd", what: "zstd", when: "image" },
  { program: "xz", package: "xz-utils", what: "xz", when: "image" },
  // mmdebstrap looks up with it which keys belong to which release.
  { program: "gpg", package: "gpg", what: "gpg", when: "image" },
  { program: "newuidmap", package: "uidmap", what: "uidmap", when: "image", onlyWithoutRoot: true },
  { program: "g++", package: "g++", what: "a C++ compiler", when: "tools" },
  { program: "make", package: "make", what: "make", when: "tools" },
  { program: "python3", package: "python3", what: "Python 3", when: "tools" },
];

/** Debian's keys: mmdebstrap checks the packages of the image with them. */
export const KEYRING = {
  path: "/usr/share/keyrings/debian-archive-keyring.gpg",
  package: "debian-archive-keyring",
  what: "debian-archive-keyring",
};

/** Throws SetupError 3 where nothing of this can work. */
export function requirePlatform({ platform, arch, nodeVersion }) {
  if (platform !== "linux" || arch !== "x64") {
    throw new SetupError(3, `Vibewriter runs on Linux on x86-64; this is ${platform} on ${arch}.`);
  }
  const node = nodeVersion.replace(/^v/, "").split(".").map(Number);
  if (!atLeast(node, NODE_AT_LEAST)) {
    throw new SetupError(3, `Node ${nodeVersion} is too old; install Node ${NODE_AT_LEAST.join(".")} or later.`);
  }
}

/** What is missing for the given purposes: `{ package, what }` each. */
export async function missing(purposes, env) {
  const isRoot = process.getuid() === 0;
  const wanted = PROGRAMS.filter((p) => purposes.includes(p.when) && !(isRoot && p.onlyWithoutRoot));
  const found = wanted.filter((p) => !which(p.program, env));
  if (purposes.includes("image") && !existsSync(KEYRING.path)) found.push(KEYRING);
  if (purposes.includes("tools") && !(await cargo(env))) {
    found.push({ package: "cargo", what: `Rust ${CARGO_AT_LEAST.join(".")} or later (cargo)` });
  }
  return found;
}

/** A cargo that can build the guest agent, or `undefined`. */
export async function cargo(env) {
  const path = which("cargo", env);
  const version = path && (await versionOf(path, ["--version"], env));
  return version && atLeast(version.numbers, CARGO_AT_LEAST) ? path : undefined;
}

/** The distribution: `{ name, debian }`, `debian` its major version if the set-up can install packages there. */
export function distribution(path = "/etc/os-release") {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // A system without the file is an unknown one.
  }
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(text)?.[1];
  const version = Number(field("VERSION_ID"));
  const known = field("ID") === "debian" && version >= 12;
  return { name: field("PRETTY_NAME") ?? "an unknown system", debian: known ? version : undefined };
}
