import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { installPacked } from "../../../tests/support/packed.js";
import { MicroVMs } from "../src/index.js";
import { builtImage } from "./support/home.js";

const run = promisify(execFile);

// What somebody gets who installs this package alone: the packed files, and of other packages only those that it declares.
describe("the package on its own", () => {
  it("packs, installs into an empty folder, and runs the lines of its README", { timeout: 180_000 }, async () => {
    await using installed = await installPacked("packages/microvm", [
      "langchain",
      "@langchain/core",
      "@langchain/anthropic",
    ]);
    const wanted = ["README.md", "LICENSE", "dist/index.js", "src/index.ts", "docs/protocol.md", "image/build.mjs"];
    expect(installed.files).toEqual(expect.arrayContaining([...wanted, "guest/Cargo.lock", "guest/src/main.rs"]));
    expect(installed.files.filter((path) => /^test\/|\/target\//.test(path))).toEqual([]);

    const lines = await installed.example("ts");
    expect(lines.split("\n").filter((line) => !/^(import .*)?$/.test(line)).length).toBeLessThanOrEqual(10);
    // Node 20 does not know `await using`; a compiler has to say it in older words.
    const { code } = await transform(lines, { loader: "ts", format: "esm", target: "node20" });
    await writeFile(join(installed.folder, "main.mjs"), code);
    const home = join(installed.folder, ".vibewriter");
    await mkdir(home);
    await writeFile(join(home, "setup.json"), JSON.stringify({ image: await builtImage() }));
    try {
      const env = { ...process.env, HOME: installed.folder, ANTHROPIC_API_KEY: "none", NODE_OPTIONS: "" };
      const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: installed.folder, env, timeout: 120_000 });
      expect(stdout).toMatch(/^Python 3\.13/);
    } finally {
      await MicroVMs.cleanUp(home);
      await rm(home, { recursive: true, force: true });
    }
  });
});
