import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Log } from "../src/log.js";
import { tempHome } from "./support/temp-home.js";

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  return (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the log", () => {
  it("has one JSON object a line, without secrets, from its level on", async () => {
    await using home = await tempHome();
    const path = join(home.path, "log");
    {
      await using log = new Log(path, { level: "warn", redact: (line) => line.replaceAll("hunter2", "[redacted]") });
      log.write("info", "unheard");
      log.write("warn", "hunter2 in the event", { run: "run-1", agent: "main", error: 'it said "hunter2"\n' });
      log.level = "debug";
      log.write("debug", "heard");
    }
    const [first, second] = await linesOf(path);
    expect(first).toMatchObject({ level: "warn", event: "[redacted] in the event", run: "run-1", agent: "main" });
    expect(first?.error).toBe('it said "[redacted]"\n');
    expect(second).toMatchObject({ level: "debug", event: "heard" });
    expect(await readFile(path, "utf8")).not.toContain("hunter2");
  });
});
