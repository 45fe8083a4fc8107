import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const SOURCE = fileURLToPath(new URL("../guest/", import.meta.url));

/** Builds the guest agent, static, and resolves with the path of the program. Needs cargo and a C linker; about 30 s. */
export async function buildGuestAgent({ targetDir, log, signal, cargo = "cargo" }) {
  const target = "x86_64-unknown-linux-gnu";
  await run(cargo, ["build", "--release", "--locked", "--target", target, "--target-dir", targetDir], {
    cwd: SOURCE,
    log,
    signal,
  });
  return `${targetDir}/${target}/release/vibewriter-guest`;
}
