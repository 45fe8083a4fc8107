import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { architecture } from "./architecture.mjs";
import { run } from "./run.mjs";

export const guestDir = fileURLToPath(new URL("../guest/", import.meta.url));

/**
 * Builds the guest agent as a static program at `out`.
 * @param {{ out: string, targetDir?: string, cargo?: string, log?: (line: string) => void }} options
 */
export async function buildGuestAgent({ out, targetDir, cargo = findCargo(), log }) {
  const target = architecture().rust;
  const args = ["build", "--release", "--locked", "--target", target];
  if (targetDir) args.push("--target-dir", targetDir);
  await run(cargo, args, { cwd: guestDir, log });
  await mkdir(dirname(out), { recursive: true });
  await copyFile(join(targetDir ?? join(guestDir, "target"), target, "release", "vibewriter-guest"), out);
}

/** Debian's current Rust calls itself `cargo-web` where the plain one is old. */
function findCargo() {
  const directories = (process.env.PATH ?? "").split(":");
  const has = (name) => directories.some((directory) => existsSync(join(directory, name)));
  return has("cargo") ? "cargo" : "cargo-web";
}
