import { createInterface } from "node:readline";
import { bundledProgram, endHard } from "./program.js";

/** Runs owner.ts in a process of its own and waits for the line that begins with `until`. */
export async function spawnOwner(o: Record<string, unknown>, until: string) {
  const program = await bundledProgram("owner.ts");
  const child = program.start(o);
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
      await program[Symbol.asyncDispose]();
    },
  };
}
