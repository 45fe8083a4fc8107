import { createDeepAgent } from "deepagents";
import { ArtifactBackend } from "../../src/files/artifact-backend.js";
import { globPattern } from "../../src/files/glob.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";

let base: TestBackbone;
let backend: ArtifactBackend;

beforeAll(async () => {
  base = await testBackbone();
  backend = new ArtifactBackend(base.backbone.files, { prefix: "dev/artifacts", writer: "a test" });
});
afterAll(async () => {
  await base[Symbol.asyncDispose]();
});

let count = 0;
const folder = () => `/case-${++count}`;
const text = (path: string) =>
  base.backbone.files.get(`dev/artifacts${path}`).then((bytes) => bytes && Buffer.from(bytes).toString());

// The cases that MicroVMBackend holds too.
test.each([
  ["plain", "file.txt", "Hello!\nLine 2\nLine 3"],
  ["in folders that are not there", "deep/nested/dir/file.txt", "x"],
  ["empty", "empty.txt", ""],
  ["with spaces", "dir with spaces/file name.txt", "content"],
  ["special characters", "special.txt", "$VAR `cmd` $(sub)\nTab\there\nBackslash: \\ 'q' \"d\""],
  ["unicode", "unicode.txt", "Hello 👋 世界 مرحبا Привет\né"],
  ["only line ends", "newlines.txt", "\n\n\n\n\n"],
  ["a thousand lines", "long.txt", Array.from({ length: 1000 }, (_, n) => `Line ${n}`).join("\n")],
  ["one long line", "line.txt", "long ".repeat(20_000)],
  ["other line ends", "crlf.txt", "one\r\ntwo\r\n"],
  ["a file name with a colon", "a:12:b.txt", "x"],
])("writes and reads: %s", async (_, name, content) => {
  const path = `${folder()}/${name}`;
  expect(await backend.write(path, content)).toEqual({ path, filesUpdate: null });
  expect(await text(path)).toBe(content);
  expect((await backend.read(path, 0, 2_000)).content).toBe(content);
});

test("reads a window of lines, raw bytes, and says what is wrong", async () => {
  const at = folder();
  await backend.write(`${at}/lines.md`, "1\n2\n3\n4\n");
  expect(await backend.read(`${at}/lines.md`, 1, 2)).toMatchObject({
    content: "2\n3",
    startLine: 2,
    endLine: 3,
    nextOffset: 3,
  });
  expect(await backend.read(`${at}/lines.md`, 9, 2)).toEqual({ error: expect.stringContaining("has 4 lines") });
  expect(await backend.read(`${at}/none`)).toEqual({ error: `File '${at}/none' not found` });
  await backend.write(`${at}/p.png`, Buffer.from([1, 255, 0]).toString("base64"));
  expect((await backend.readRaw(`${at}/p.png`)).data?.content).toEqual(Buffer.from([1, 255, 0]));
  for (const path of ["/a/../../b", "/", "/x\0y"])
    expect((await backend.write(path, "x")).error).toContain("leads nowhere");
});

test("edits, and loses none of several edits at once", async () => {
  const path = `${folder()}/e.md`;
  await backend.write(path, "a b a");
  expect(await backend.edit(path, "a", "x")).toEqual({ error: expect.stringContaining("multiple times") });
  expect(await backend.edit(path, "z", "x")).toEqual({ error: `String not found in file '${path}'` });
  expect(await backend.edit(path, "a", "$&", true)).toMatchObject({ occurrences: 2 });
  expect(await text(path)).toBe("$& b $&");
  await backend.write(path, "1 2 3 4");
  await Promise.all(["1", "2", "3", "4"].map((digit) => backend.edit(path, digit, `<${digit}>`)));
  expect(await text(path)).toBe("<1> <2> <3> <4>");
  expect((await base.backbone.files.stat(`dev/artifacts${path}`))?.writer).toBe("a test");
});

test("keeps no file with a key in it, and says where the key is", async () => {
  const path = `${folder()}/env`;
  const key = `ghp_${"0123456789ab".repeat(3)}`;
  const error = expect.stringContaining("what can only be a key (GitHub token) on line 2; take it out");
  expect(await backend.write(path, `A=1\nB=${key}\n`)).toEqual({ error });
  await backend.write(path, "A=1\nB=\n");
  expect(await backend.edit(path, "B=", `B=${key}`)).toEqual({ error });
  expect(await backend.uploadFiles([[path, Buffer.from(key)]])).toEqual([{ path, error: "permission_denied" }]);
  expect(await text(path)).toBe("A=1\nB=\n");
});

test("lists, globs and greps", async () => {
  const at = folder();
  await backend.write(`${at}/a.md`, "needle here\nnot");
  await backend.write(`${at}/sub/b.md`, "a needle [x]\nneedle");
  await backend.write(`${at}/sub/c.txt`, "needle");
  const paths = (result: { files?: { path: string }[] }) => result.files?.map(({ path }) => path);
  expect(paths(await backend.ls(at))).toEqual([`${at}/a.md`, `${at}/sub/`]);
  expect(await backend.ls(`${at}/nowhere`)).toEqual({ files: [] });
  expect(paths(await backend.glob("**/*.md", at))).toEqual([`${at}/a.md`, `${at}/sub/b.md`]);
  expect(paths(await backend.glob(`${at}/*.{md,txt}`))).toEqual([`${at}/a.md`]);
  const found = await backend.grep("needle", at, "*.md");
  expect(found.matches?.map(({ path, line }) => `${path}:${line}`)).toEqual([
    `${at}/a.md:1`,
    `${at}/sub/b.md:1`,
    `${at}/sub/b.md:2`,
  ]);
  expect((await backend.grep("[x]", `${at}/sub/b.md`)).matches?.length).toBe(1);
  expect(await backend.grep("needle", at, null, 2)).toMatchObject({ truncated: true, matches: { length: 2 } });
});

test("deletes files and folders, keeps their versions, and moves bytes in and out", async () => {
  const at = folder();
  const sent = await backend.uploadFiles([
    [`${at}/one`, Uint8Array.of(1)],
    [`${at}/two/three`, Uint8Array.of(2)],
    ["/../x", Uint8Array.of(3)],
  ]);
  expect(sent.map(({ error }) => error)).toEqual([null, null, "invalid_path"]);
  const got = await backend.downloadFiles([`${at}/two/three`, `${at}/none`]);
  expect(got.map(({ content, error }) => [content?.[0], error])).toEqual([
    [2, null],
    [undefined, "file_not_found"],
  ]);
  expect(await backend.delete(at)).toEqual({ path: at, filesUpdate: null });
  expect(await backend.ls(at)).toEqual({ files: [] });
  expect(await backend.delete(at)).toEqual({ error: `File '${at}' not found` });
  expect((await base.backbone.files.history(`dev/artifacts${at}/one`)).length).toBe(2);
});

test("is what createDeepAgent takes", () => {
  expect(createDeepAgent({ model: "anthropic:claude-sonnet-4-6", backend })).toBeDefined();
});

test.each([
  ["**/*.md", "a.md", true],
  ["**/*.md", "a/b/c.md", true],
  ["*.md", "a/b.md", false],
  ["a/**", "a/b/c", true],
  ["[!a]?.{x,y}", "bc.y", true],
  ["[!a]?.{x,y}", "ac.y", false],
  ["a{b", "a{b", true],
  ["a+(b).$", "a+(b).$", true],
  [".*", ".env", true],
])("the pattern %s and %s: %s", (glob, path, isMatch) => {
  expect(globPattern(glob).test(path)).toBe(isMatch);
});
