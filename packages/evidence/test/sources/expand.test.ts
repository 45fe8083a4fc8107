import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EvidenceErrorCode, expandSources } from "../../src/index.js";
import { makePdf } from "../support/pdf.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "vw-sources-"));
  await mkdir(join(root, "notes/deep"), { recursive: true });
  await writeFile(join(root, "notes/b.md"), "# B\n\nText.");
  await writeFile(join(root, "notes/a.pdf"), makePdf([["Text"]]));
  await writeFile(join(root, "notes/deep/c d.html"), "<p>Text</p>");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);

async function expectRefusal(paths: string[], code: EvidenceErrorCode, says: RegExp): Promise<void> {
  const error: unknown = await expandSources(paths).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "EvidenceError", code, message: expect.stringMatching(says) });
}

test("folders are walked in order, files are named without their place on this machine", async () => {
  const { files, skipped } = await expandSources([at("notes")]);
  expect(files.map((f) => f.uri)).toEqual(["file:notes/a.pdf", "file:notes/b.md", "file:notes/deep/c%20d.html"]);
  expect(files.map((f) => f.mediaType)).toEqual(["application/pdf", "text/markdown", "text/html"]);
  expect(skipped).toEqual([]);
});

test("each file once, whatever way it is given; equal names stay apart", async () => {
  await mkdir(at("other/notes"), { recursive: true });
  await writeFile(at("other/notes/b.md"), "Another.");
  const { files } = await expandSources([at("notes"), at("notes/b.md"), at("other/notes")]);
  expect(files.map((f) => f.uri)).toEqual([
    "file:notes/a.pdf",
    "file:notes/b.md",
    "file:notes/deep/c%20d.html",
    "file:notes~2/b.md",
  ]);
  expect(files.find((f) => f.uri === "file:notes/b.md")?.isNamed).toBe(true);
});

test("what is bad in a folder is listed and passed over", async () => {
  await writeFile(at("notes/README.md"), "About.");
  await writeFile(at("notes/empty.md"), "");
  await writeFile(at("notes/rubbish.txt"), Buffer.from([1, 0, 2, 255]));
  await writeFile(at("notes/fake.pdf"), "no pdf at all");
  await writeFile(at("notes/table.xlsx"), "x");
  await writeFile(at("secret.md"), "secret");
  await symlink(at("secret.md"), at("notes/leaves.md"));
  await symlink(at("nowhere.md"), at("notes/dangling.md"));
  await symlink(at("notes/b.md"), at("notes/stays.md"));
  await symlink(at("notes"), at("notes/loop"));
  await writeFile(at("notes/huge.md"), "");
  await truncate(at("notes/huge.md"), 200 * 1024 * 1024);
  execFileSync("mkfifo", [at("notes/pipe.md")]);
  const { files, skipped } = await expandSources([at("notes")]);
  expect(files.map((f) => f.uri)).toEqual(["file:notes/a.pdf", "file:notes/b.md", "file:notes/deep/c%20d.html"]);
  const codes = Object.fromEntries(skipped.map((s) => [s.uri.slice("file:notes/".length), s.code]));
  expect(codes).toEqual({
    "README.md": "unsupported",
    "dangling.md": "missing",
    "empty.md": "empty",
    "fake.pdf": "unsupported",
    "huge.md": "too_large",
    "leaves.md": "outside",
    "pipe.md": "unsupported",
    "rubbish.txt": "unsupported",
    "table.xlsx": "unsupported",
  });
  expect(skipped.every((s) => s.reason.endsWith("."))).toBe(true);
});

test("what is bad and given by name is an error that says what to do", async () => {
  await writeFile(at("empty.md"), "");
  await writeFile(at("rubbish.bin"), Buffer.from([1, 0, 2, 255]));
  await writeFile(at("huge.md"), "");
  await truncate(at("huge.md"), 200 * 1024 * 1024);
  await mkdir(at("void"));
  await mkdir(at("only-bad"));
  await writeFile(at("only-bad/x.bin"), "x");
  await expectRefusal([at("missing.md")], "missing", /does not exist/);
  await expectRefusal([at("notes"), at("empty.md")], "empty", /is empty/);
  await expectRefusal([at("rubbish.bin")], "unsupported", /binary/);
  await expectRefusal([at("huge.md")], "too_large", /200 MiB, more than the 25 MiB/);
  await expectRefusal([at("void")], "empty", /no files/);
  await expectRefusal([at("only-bad")], "empty", /only-bad.x\.bin: it is not Markdown.*: name Markdown/);
});

test("too much in all is an error, even if each file is small", async () => {
  const error: unknown = await expandSources([at("notes")], { files: 2 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "too_large", message: expect.stringContaining("2 files together") });
  await expect(expandSources([at("notes")], { totalBytes: 20 })).rejects.toMatchObject({ code: "too_large" });
});

test("the example notes: thirteen sources, the README passed over", async () => {
  const { files, skipped } = await expandSources([join(import.meta.dirname, "../../../../examples/base-defi")]);
  expect(files).toHaveLength(13);
  expect(skipped.map((s) => s.uri)).toEqual(["file:base-defi/README.md"]);
});
