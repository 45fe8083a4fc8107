import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { TestServer } from "./nats-server.js";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));
const modules = join(here, "../../node_modules");

const packageSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
});

// What somebody gets who installs this package alone: the packed files, and of other packages only those that it declares.
describe("the package on its own", () => {
  it("packs, installs into an empty folder, and runs the lines of its README", { timeout: 120_000 }, async () => {
    await using server = await TestServer.start();
    const folder = await mkdtemp(join(tmpdir(), "langgraph-nats-package-"));
    try {
      await run(process.execPath, [join(modules, "typescript/bin/tsc"), "-b", here]);
      const packed = await run("npm", ["pack", "--json", "--offline", "--pack-destination", folder], { cwd: here });
      const [tarball] = z
        .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
        .parse(JSON.parse(packed.stdout));
      const files = tarball?.files.map(({ path }) => path) ?? [];
      expect(files).toEqual(
        expect.arrayContaining(["README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "src/index.ts"]),
      );
      expect(files.filter((path) => path.startsWith("test/"))).toEqual([]);

      const { name, dependencies, peerDependencies } = packageSchema.parse(
        JSON.parse(await readFile(join(here, "package.json"), "utf8")),
      );
      const home = join(folder, "node_modules", name);
      await mkdir(home, { recursive: true });
      await run("tar", ["-xzf", join(folder, tarball?.filename ?? ""), "-C", home, "--strip-components=1"]);
      // The registry is out of reach in a test, so the declared dependencies are linked instead of downloaded.
      for (const dependency of [
        ...Object.keys(dependencies),
        ...Object.keys(peerDependencies),
        "@langchain/langgraph",
      ]) {
        await mkdir(dirname(join(folder, "node_modules", dependency)), { recursive: true });
        await symlink(join(modules, dependency), join(folder, "node_modules", dependency));
      }

      const [, lines = ""] = /```js\n([\s\S]*?)```/.exec(await readFile(join(home, "README.md"), "utf8")) ?? [];
      expect(lines.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(10);
      await writeFile(join(folder, "main.mjs"), lines);
      const env = { ...process.env, NATS_URL: server.url, NODE_OPTIONS: "" };
      for (const visits of [1, 2]) {
        const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: folder, env, timeout: 30_000 });
        expect(stdout).toBe(`visits so far: ${visits}\n`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
