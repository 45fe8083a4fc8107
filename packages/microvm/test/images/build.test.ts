import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildProgress } from "../../src/index.js";
import { temporaryHome, text } from "../support/home.js";

// Debian, PyPI and npm are asked for real, and a template is built, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let folder: string;
let temporary: string;

beforeAll(async () => {
  scratch = await temporaryHome({ templates: "own" });
  // Of this test alone, so that what is left in it was left by this test; the user of the namespaces has to get in.
  temporary = await mkdtemp(join(tmpdir(), "vw-images-"));
  await chmod(temporary, 0o711);
  vi.stubEnv("TMPDIR", temporary);
  folder = join(scratch.home, "recipes");
  await mkdir(join(folder, "data"), { recursive: true });
  await writeFile(join(folder, "data", "words.txt"), "bees\n");
  await writeFile(join(folder, "greet.sh"), "#!/bin/sh\necho greetings\n", { mode: 0o755 });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await scratch?.[Symbol.asyncDispose]();
  await rm(temporary, { recursive: true, force: true });
});

const tools = `name: tools
apt: [tree]
pip: [humanize]
npm: [ms]
files:
  /opt/data: ./data
  /bin/greet: ./greet.sh
`;

test("an image has the packages and files of its recipe, in a VM, and so has one that stands on it", async () => {
  const file = await recipe("tools.yaml", tools);
  await using vms = await scratch.open();
  const seen: BuildProgress[] = [];
  const { image, built } = await vms.images.build(file, { onProgress: (progress) => seen.push(progress) });
  expect(built).toBe(true);
  expect(image).toMatchObject({
    name: "tools",
    from: "base",
    users: [],
    adds: { apt: ["tree"], files: ["/opt/data", "/bin/greet"] },
  });
  expect(new Set(seen.map(({ step }) => step)).size).toBeGreaterThan(3);
  expect(seen.some(({ line }) => line?.includes("Setting up tree"))).toBe(true);
  const { ino, mtimeMs } = await stat(join(scratch.home, "images", "tools", "layer0.erofs"));
  const again = await vms.images.build(file);
  expect(again).toMatchObject({ built: false, image: { digest: image.digest } });
  expect(await stat(join(scratch.home, "images", "tools", "layer0.erofs"))).toMatchObject({ ino, mtimeMs });

  // A package of the image below is replaced by an older version, a file is added.
  const second = await recipe(
    "more.yaml",
    "name: more\nfrom: tools\nnpm: [ms@0.1.0]\nfiles: { /opt/data/more.txt: ./data/words.txt }\n",
  );
  await vms.images.build(second);
  expect((await vms.images.list()).map(({ name, from }) => [name, from])).toEqual([
    ["more", "tools"],
    ["tools", "base"],
  ]);
  await vms.images.remove("tools");

  const vm = await vms.create({
    id: "on-image",
    template: { name: "imaged", memoryMiB: 256, image: "more", layers: [] },
  });
  const output = async (command: string) => {
    const { exitCode, stdout, stderr } = await vm.exec({ command });
    expect(text(stderr)).toBe("");
    expect(exitCode).toBe(0);
    return text(stdout).trim();
  };
  expect(await output("tree --version")).toContain("tree v2");
  expect(await output("python3 -c 'import humanize; print(humanize.naturalsize(2048, binary=True))'")).toBe("2.0 KiB");
  const ms = "/usr/local/lib/node_modules/ms";
  expect(await output(`node -p 'require("${ms}")("2d")'; node -p 'require("${ms}/package.json").version'`)).toBe(
    "172800000\n0.1.0",
  );
  expect(await output(`ls ${ms}`)).not.toContain("license.md");
  expect(await output("cat /opt/data/words.txt /opt/data/more.txt")).toBe("bees\nbees");
  expect(await output("greet; stat -c '%U %a' /opt/data/words.txt /usr/bin/greet; readlink /bin")).toBe(
    "greetings\nroot 644\nroot 755\nusr/bin",
  );
  expect(await output("cat /etc/resolv.conf; ls /run/in 2>/dev/null || true")).toBe("");

  await expect(vms.images.remove("more")).rejects.toMatchObject({
    code: "image_in_use",
    message: expect.stringContaining("on-image"),
  });
  const changed = await recipe("changed.yaml", "name: more\nfiles: { /opt/data/more.txt: ./greet.sh }\n");
  await expect(vms.images.build(changed)).rejects.toMatchObject({ code: "image_in_use" });
  await vm.destroy();
  await vms.images.remove("more");
  expect(await vms.images.list()).toEqual([]);
  await expect(vms.images.remove("more")).rejects.toMatchObject({ code: "not_found" });
  const gone = { name: "imaged", memoryMiB: 256, image: "more", layers: [] };
  await expect(vms.create({ template: gone })).rejects.toMatchObject({ code: "not_found" });
});

test("a package that there is not is named, and nothing is left of the build", async () => {
  await using vms = await scratch.open();
  const lacking = async (key: string, name: string) => {
    const file = await recipe("lacking.yaml", `name: lacking\n${key}: [${name}]\n`);
    await expect(vms.images.build(file)).rejects.toMatchObject({
      code: "image_failed",
      message: expect.stringMatching(new RegExp(`package .*no-such-vibewriter-package.* under ${key}`)),
    });
  };
  await lacking("apt", "no-such-vibewriter-package");
  await lacking("npm", "no-such-vibewriter-package");
  expect(await left()).toEqual([]);
});

test.each([
  ["Unpacking the image below", 0],
  ["Unpacking the image below", 60],
  ["Fetching packages", 200],
])("a build that is cancelled while it is %s, after %d ms, leaves nothing", async (step, ms) => {
  await using vms = await scratch.open();
  const file = await recipe("long.yaml", "name: long\napt: [tree]\n");
  const cancelling = new AbortController();
  const onProgress = (progress: BuildProgress) => {
    if (progress.step === step && progress.line === undefined) setTimeout(() => cancelling.abort(), ms);
  };
  const build = vms.images.build(file, { onProgress, signal: cancelling.signal });
  await expect(build).rejects.toMatchObject({ code: "cancelled" });
  expect(await left()).toEqual([]);
});

test("what a killed build left behind is gone when the home is opened", async () => {
  const work = join(temporary, "vibewriter-image-0123456789abcdef");
  const making = join(scratch.home, "images", "killed.making");
  await mkdir(making, { recursive: true });
  await mkdir(join(work, "upper"), { recursive: true });
  await writeFile(join(making, "work.json"), JSON.stringify({ work }));
  const elsewhere = join(scratch.home, "images", "forged.making");
  await mkdir(elsewhere, { recursive: true });
  await writeFile(join(elsewhere, "work.json"), JSON.stringify({ work: folder }));
  await using vms = await scratch.open();
  expect(await left()).toEqual([]);
  expect(existsSync(folder)).toBe(true);
  expect((await vms.images.list()).map(({ name }) => name)).not.toContain("killed");
});

/** What there is of builds that did not come to their end, in the home and in the temporary folder. */
async function left(): Promise<string[]> {
  const images = await readdir(join(scratch.home, "images"));
  return [...(await readdir(temporary)), ...images.filter((name) => name !== "tools" && name !== "more")];
}

async function recipe(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
