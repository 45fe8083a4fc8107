import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPacked } from "../../../tests/support/packed.js";
import { TestServer } from "./nats-server.js";

const run = promisify(execFile);

// What somebody gets who installs this package alone: the packed files, and of other packages only those that it declares.
describe("the package on its own", () => {
  it("packs, installs into an empty folder, and runs the lines of its README", { timeout: 120_000 }, async () => {
    await using server = await TestServer.start();
    await using installed = await installPacked("packages/langgraph-nats", ["@langchain/langgraph"]);
    expect(installed.files).toEqual(
      expect.arrayContaining(["README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "src/index.ts"]),
    );
    expect(installed.files.filter((path) => path.startsWith("test/"))).toEqual([]);

    const lines = await installed.example("js");
    expect(lines.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(10);
    await writeFile(join(installed.folder, "main.mjs"), lines);
    const env = { ...process.env, NATS_URL: server.url, NODE_OPTIONS: "" };
    for (const visits of [1, 2]) {
      const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: installed.folder, env, timeout: 30_000 });
      expect(stdout).toBe(`visits so far: ${visits}\n`);
    }

    const store = await installed.example("js", 1);
    expect(store.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(10);
    await writeFile(join(installed.folder, "store.mjs"), store);
    for (const versions of [1, 2]) {
      const { stdout } = await run(process.execPath, ["store.mjs"], { cwd: installed.folder, env, timeout: 30_000 });
      expect(stdout).toBe(`pears, of ${versions} versions\n`);
    }
  });
});
