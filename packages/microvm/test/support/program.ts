import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A program of this folder, bundled, to be run in processes of its own. */
export async function bundledProgram(name: string) {
  const directory = await mkdtemp(join(tmpdir(), "vw-program-"));
  const path = join(directory, "program.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Packages of the older module system ask for Node's own with it.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return {
    start: (argument: unknown): ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> } =>
      spawn(process.execPath, [path, JSON.stringify(argument)], { stdio: ["ignore", "pipe", "inherit"] }),
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function endHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
