import { SetupError } from "./errors.mjs";
import { versionOf, which } from "./shell.mjs";

/** The QEMU that runs VMs: `{ path, version }`. */
export async function qemu(env) {
  const path = which("qemu-system-x86_64", env);
  const version = path && (await versionOf(path, ["--version"], env));
  if (!version) throw new SetupError(3, "QEMU does not run; install qemu-system-x86 and run this again.");
  return { path, version: version.text };
}
