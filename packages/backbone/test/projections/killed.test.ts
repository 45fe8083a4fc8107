import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

const PROGRAM = fileURLToPath(new URL("../support/applier.mjs", import.meta.url));
const PAYLOADS = ["a", "b", "c", "d", "e", "last"];

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
  const effects = await bb.backbone.effects("TEST_EFFECTS", ["test.*"]);
  for (const payload of PAYLOADS) await effects.publishEffect(payload, { subject: "test.killed", payload });
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

/** Runs the projection in a process of its own that kills itself at an effect; what it applied again and again. */
async function applyUntilKilled(place: string, file: string, at: string, when: string): Promise<string[]> {
  const { user, password } = bb.backbone.server?.credentials ?? { user: "", password: "" };
  const url = `nats://${user}:${password}@${bb.backbone.server?.url.replace("nats://", "")}`;
  const child = spawn(process.execPath, [PROGRAM, url, bb.home, file, place, at, when], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  return output.trim().split("\n");
}

test.each([
  { place: "own", again: [] },
  // What was applied and not acknowledged comes again; the handler knows it.
  { place: "server", again: ["c"] },
])(
  "killed before and after an effect, with its $place position: nothing is lost, nothing is there twice",
  async (o) => {
    const file = join(bb.home, o.place);
    expect(await applyUntilKilled(o.place, file, "b", "before")).toEqual(["a"]);
    expect(await applyUntilKilled(o.place, file, "c", "after")).toEqual(["b", "c"]);
    expect(await applyUntilKilled(o.place, file, "last", "after")).toEqual([...o.again, "d", "e", "last"]);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    expect(lines.map((line) => line.split(" ")[1])).toEqual(PAYLOADS);
  },
  120_000,
);
