import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** crash.ts, bundled, to be run as a process of its own. */
export async function bundledCrash() {
  const directory = await mkdtemp(join(tmpdir(), "vw-crash-"));
  const program = join(directory, "crash.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("crash.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return {
    /** Runs it and kills it with SIGKILL `afterMs` after it has begun. */
    async killAfter(o: Record<string, unknown>, afterMs: number): Promise<void> {
      const child = spawn(process.execPath, [program, JSON.stringify(o)], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "exit");
      await once(child.stdout, "data");
      await Promise.race([delay(afterMs), ended]);
      child.kill("SIGKILL");
      await ended;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
