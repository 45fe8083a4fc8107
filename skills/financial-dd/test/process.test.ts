import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerOf } from "../src/process.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-program-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function running(program: string, timeoutMs: number): Promise<string> {
  const path = join(folder, "program.mjs");
  await writeFile(path, program);
  return await answerOf({ program: path, what: "The compiler", input: "contract A {}", timeoutMs });
}

test("a program that sources make hang ends at its deadline, by a signal that it cannot refuse", async () => {
  const stubborn = 'process.on("SIGTERM", () => undefined); for (;;) await new Promise((r) => setTimeout(r, 10));';
  await expect(running(stubborn, 700)).rejects.toThrow("The compiler did not finish within 0.7 s; name fewer files.");
  await expect(running("for (;;);", 700)).rejects.toThrow("did not finish");
});

test("one that ends badly says its last words, and one that reads nothing is no error", async () => {
  await expect(running('console.error("No memory."); process.exit(7);', 20_000)).rejects.toThrow("No memory.");
  expect(await running('console.log("answered");', 20_000)).toBe("answered\n");
});
