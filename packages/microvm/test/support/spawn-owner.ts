import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Runs owner.ts in a process of its own and waits for the line that begins with `until`. */
export async function spawnOwner(o: Record<string, unknown>, until: string) {
  const directory = await mkdtemp(join(tmpdir(), "vw-owner-"));
  const program = join(directory, "owner.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("owner.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  const child = spawn(process.execPath, [program, JSON.stringify(o)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith(until)) break;
  }
  return {
    lines,
    pid: Number(/^created (\d+)$/.exec(lines[0] ?? "")?.[1]),
    async killHard() {
      await endHard(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function endHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
