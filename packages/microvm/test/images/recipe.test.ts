import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRecipe } from "../../src/images/recipe.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-recipe-"));
  await writeFile(join(folder, "words.txt"), "bees\n");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(text: string) {
  const path = join(folder, "image.yaml");
  await writeFile(path, text);
  return readRecipe(path);
}

test("a recipe says what is added to what; host paths are relative to its file", async () => {
  expect(await read("name: data\nfiles:\n  /opt/words.txt: words.txt\n")).toEqual({
    name: "data",
    from: "base",
    apt: [],
    pip: [],
    npm: [],
    files: { "/opt/words.txt": join(folder, "words.txt") },
  });
  const names =
    "apt: [g++, 'graphviz=2.42.4-3']\npip: ['numpy==2.3.4', 'uvicorn[standard]>=0.30,<1', a_b]\nnpm: ['@scope/pkg@^1.0.0', cowsay]\n";
  expect(await read(`name: all\nfrom: data\n${names}`)).toMatchObject({
    from: "data",
    apt: ["g++", expect.anything()],
  });
});

test.each([
  ["apt: [tree]\n", /line 1: name: /],
  ["name: a b\napt: [tree]\n", /line 1: name: use at most 40 of/],
  ["name: base\napt: [tree]\n", /line 1: name: "base" is the image that is always there/],
  ["name: x\n", /nothing is added/],
  ["name: x\nfrom: x\napt: [tree]\n", /line 2: from: an image cannot stand on itself/],
  ["name: x\napt:\n  - tree\n  - '-o=Dpkg::Pre-Invoke=sh'\n", /line 4: apt\[1\]: this is no name of a Debian package/],
  ["name: x\napt: ['tree; rm -rf /']\n", /line 2: apt\[0\]/],
  ["name: x\npip: ['https://example.org/x.whl']\n", /line 2: pip\[0\]: this is no Python package by name/],
  ["name: x\npip: ['--index-url=http://x']\n", /line 2: pip\[0\]/],
  ["name: x\nnpm: ['git+ssh://host/x']\n", /line 2: npm\[0\]: this is no npm package by name/],
  ["name: x\napt: tree\n", /line 2: apt: /],
  ["name: x\napt: [tree]\nrun: [make]\n", /line 3: run: there is no such key/],
  ["name: x\nfiles:\n  opt/x: words.txt\n", /line 3: files\["opt\/x"\]: this must be an absolute path/],
  ["name: x\nfiles:\n  /opt/../etc/passwd: words.txt\n", /line 3: .*must not have/],
  ["name: x\nfiles:\n  /tmp/x: words.txt\n", /line 3: .*would be seen in a VM/],
  ["name: x\nfiles:\n  /opt/x: nowhere.txt\n", /line 3: files\["\/opt\/x"\]: there is no file .*nowhere\.txt/],
  ["name: x\nname: y\napt: [tree]\n", /line 2: this is no valid YAML/],
  ["name: x\napt: [tree\n", /line \d: this is no valid YAML/],
  ["name: &n x\nfrom: *n\napt: [tree]\n", /references/],
  ["- x\n", /line 1/],
  ["", /image\.yaml/],
  [`name: x\napt: [tree]\n#${"x".repeat(300_000)}\n`, /larger than 256 KiB/],
])("%j is refused with its line", async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({ code: "invalid_argument", message: expect.stringMatching(message) });
});

test("a file that is not there is said as such", async () => {
  await expect(readRecipe(join(folder, "none.yaml"))).rejects.toMatchObject({ code: "not_found" });
});
