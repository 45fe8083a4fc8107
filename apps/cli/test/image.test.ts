import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Finished, finished, start } from "../../../tests/support/cli.js";
import { type TestHome, testHome } from "../../../tests/support/home.js";
import { inProcess as run } from "../../../tests/support/in-process.js";

const Built = z.object({ image: z.object({ name: z.string(), users: z.array(z.string()) }), built: z.boolean() });

/** An image of files alone, so that no package server is asked; what packages do is tested where images are built. */
describe("vibewriter image", () => {
  let home: TestHome;
  const cli = (...args: string[]): Promise<Finished> => run(home.path, args);
  const recipe = async (name: string, text: string): Promise<string> => {
    const path = join(home.path, name);
    await writeFile(path, text);
    return path;
  };

  beforeAll(async () => {
    home = await testHome();
    await writeFile(join(home.path, "words.txt"), "bees\n");
  });

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  }, 60_000);

  it("build makes one for vm create, list shows it with its users, rm removes it when it has none", async () => {
    const file = await recipe("data.yaml", "name: data\nfiles: { /opt/words.txt: words.txt }\n");
    const first = await cli("image", "build", file);
    expect(first.stderr).toContain("Installing packages and files");
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Built data \([\d.]+ MiB over base\)\.\n$/),
    });
    const again = await cli("--json", "image", "build", file);
    expect(Built.parse(JSON.parse(again.stdout))).toMatchObject({ built: false, image: { name: "data", users: [] } });

    const made = await cli("vm", "create", "--id", "reader", "--image", "data", "--disk", "0");
    expect(made.code, made.stderr).toBe(0);
    expect(await cli("vm", "exec", "reader", "--", "cat", "/opt/words.txt")).toMatchObject({
      code: 0,
      stdout: "bees\n",
    });
    expect((await cli("image", "list")).stdout).toMatch(
      /^data +base +\S+ +[\d.]+ MiB +\S+ \S+ +1 +\/opt\/words\.txt$/m,
    );
    const used = await cli("image", "rm", "data");
    expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining("in use by reader") });
    expect((await cli("vm", "destroy", "reader")).code).toBe(0);
    expect(await cli("image", "rm", "data")).toMatchObject({ code: 0, stdout: "Removed data.\n" });
    expect((await cli("image", "list")).stdout).toContain("No images but the base");
  }, 240_000);

  it("a file that is wrong is refused with its line; a name that is not there too", async () => {
    const file = await recipe("wrong.yaml", "name: wrong\nrun: [make]\n");
    expect(await cli("image", "build", file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("line 2: run:"),
    });
    expect((await cli("image", "build", join(home.path, "none.yaml"))).code).toBe(2);
    expect((await cli("image", "rm", "none")).code).toBe(2);
    expect((await cli("vm", "create", "--image", "none")).code).toBe(2);
  }, 120_000);

  it("Ctrl-C in a build leaves nothing", async () => {
    const file = await recipe("long.yaml", "name: long\nfiles: { /opt/words.txt: words.txt }\n");
    const child = start(home.path, ["image", "build", file]);
    const end = finished(child, 60_000);
    for (let said = ""; !said.includes("Unpacking"); ) said += String((await once(child.stderr ?? child, "data"))[0]);
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    await vi.waitFor(async () => expect(await readdir(join(home.path, "images"))).toEqual([]), 30_000);
  }, 90_000);
});
