import { mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { writePrivate } from "../src/copy/private-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-private-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const chunks = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));

test("what is written is its owner's alone, also where others could read what was there before", async () => {
  const path = join(folder, "new", "audit.jsonl");
  expect(await writePrivate(path, chunks("one\n", "two\n"))).toBe(8);
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  await writeFile(join(folder, "old"), "before", { mode: 0o644 });
  await using seen = await open(join(folder, "old"));
  await writePrivate(join(folder, "old"), chunks("private"));
  expect((await stat(join(folder, "old"))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, "old"), "utf8")).toBe("private");
  expect(await seen.readFile("utf8")).toBe("before");
});

test("what cannot be written whole leaves what was there; a link or a folder is not replaced", async () => {
  const path = join(folder, "old");
  await writeFile(path, "before");
  const failing = async function* () {
    yield Buffer.from("half");
    throw new Error("cut off");
  };
  await expect(writePrivate(path, failing())).rejects.toThrow("cut off");
  expect(await readFile(path, "utf8")).toBe("before");
  await symlink("/dev/null", join(folder, "link"));
  for (const other of [join(folder, "link"), folder]) {
    await expect(writePrivate(other, chunks("x"))).rejects.toMatchObject({ code: "usage" });
  }
  expect((await readdir(folder)).sort()).toEqual(["link", "old"]);
});
