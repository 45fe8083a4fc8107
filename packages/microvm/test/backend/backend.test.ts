import { createDeepAgent, isSandboxBackend, type SandboxBackendProtocolV2 } from "deepagents";
import { MicroVMBackend, type MicroVMs, withOperations } from "../../src/index.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let backend: MicroVMBackend;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  backend = await MicroVMBackend.create({ vms, template, diskMiB: 128 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

/** A folder of its own for each test. */
let count = 0;
const folder = () => `/workspace/case-${++count}`;
const cat = async (path: string) => (await backend.execute(`cat '${path}'`)).output;

describe("lifecycle", () => {
  test("is a sandbox with an id, running once created, gone once closed", async () => {
    expect(isSandboxBackend(backend)).toBe(true);
    expect(backend.id).toMatch(/.+/);
    expect(backend.isRunning).toBe(true);
    const other = await MicroVMBackend.create({ vms, template });
    expect(other.id).not.toBe(backend.id);
    await other.close();
    expect(other.isRunning).toBe(false);
    expect(vms.list().map(({ id }) => id)).toEqual([backend.id]);
    await expect(other.execute("true")).rejects.toMatchObject({ code: "closed" });
  });

  test("prepared, it has an id and no VM until it is initialized", async () => {
    await using prepared = MicroVMBackend.prepare({ vms, template });
    expect([prepared.id.length > 0, prepared.isRunning]).toEqual([true, false]);
    await expect(prepared.execute("true")).rejects.toMatchObject({ code: "stopped" });
    await Promise.all([prepared.initialize(), prepared.initialize()]);
    expect(prepared.isRunning).toBe(true);
    expect((await prepared.execute("echo up")).output).toBe("up\n");
  });

  test("create with the id of a VM that exists gives that VM, stopped or not", async () => {
    await backend.write("/workspace/kept.txt", "kept");
    await backend.stop();
    expect(backend.isRunning).toBe(false);
    const again = await MicroVMBackend.create({ vms, template, id: backend.id });
    expect((await again.read("/workspace/kept.txt")).content).toBe("kept");
    expect(backend.isRunning).toBe(true);
  });

  test("over somebody else's VM, close leaves it alone", async () => {
    const shared = MicroVMBackend.of(await vms.get(backend.id), { cwd: "/tmp" });
    expect((await shared.execute("pwd")).output).toBe("/tmp\n");
    await shared.close();
    expect(backend.isRunning).toBe(true);
  });

  test("is what createDeepAgent takes", () => {
    const typed: SandboxBackendProtocolV2 = backend;
    expect(createDeepAgent({ model: "anthropic:claude-sonnet-4-6", backend: typed })).toBeDefined();
  });
});

describe("execute", () => {
  test.each([
    ['echo "hello"', 0, "hello\n"],
    ["exit 42", 42, ""],
    ["echo one && echo two && echo three", 0, "one\ntwo\nthree\n"],
    ["echo problem >&2", 0, "problem\n"],
    ['export NAME="value" && echo $NAME', 0, "value\n"],
    ["printf 'ünï — 世界'", 0, "ünï — 世界"],
  ])("%s", async (command, exitCode, output) => {
    expect(await backend.execute(command)).toEqual({ output, exitCode, truncated: false });
  });

  test("a command that does not exist fails", async () => {
    const { exitCode, output } = await backend.execute("no_such_command_12345");
    expect(exitCode).toBe(127);
    expect(output).toContain("not found");
  });

  test("too much output is cut and said to be", async () => {
    const { truncated, output } = await backend.execute("head -c 2000000 /dev/zero | tr '\\0' x");
    expect(truncated).toBe(true);
    expect(output).toHaveLength(1_048_576);
  });

  test("a command past its time limit is ended and says so", async () => {
    const hasty = MicroVMBackend.of(await vms.get(backend.id), { executeTimeoutMs: 500 });
    const { exitCode, output } = await hasty.execute("echo begun; sleep 30");
    expect(exitCode).toBe(124);
    expect(output).toMatch(/^begun\n[\s\S]*time limit/);
  });

  test("a command is ended when no time is left for it, and is answered as that when it is asked for again", async () => {
    const vm = await vms.get(backend.id);
    const inTime = (ms: number, command: string) =>
      withOperations("run.call_0", () => MicroVMBackend.of(vm, { executeMsLeft: () => ms }).execute(command));
    const ended = await inTime(400, "echo begun; sleep 30; echo over > /workspace/over");
    expect(ended).toMatchObject({ exitCode: 124, output: expect.stringMatching(/^begun\n[\s\S]*no more time/) });
    expect(await vm.files.list("/workspace")).not.toMatchObject({ entries: [{ name: "over" }] });
    expect(await inTime(9_000, "echo begun; sleep 30; echo over > /workspace/over")).toMatchObject({ exitCode: 124 });
    const executeSignal = AbortSignal.timeout(400);
    const both = MicroVMBackend.of(vm, { executeMsLeft: () => 9_000, executeSignal });
    expect(await Promise.all([both.execute("sleep 30"), both.execute("sleep 30")])).toMatchObject([
      { exitCode: 124 },
      { exitCode: 124 },
    ]);
  });

  test("inside withOperations a repeated tool call is answered from the journal", async () => {
    const call = () =>
      withOperations("run.call_1", () => backend.execute("echo x >> /workspace/j; wc -l < /workspace/j"));
    expect((await call()).output).toBe("1\n");
    expect((await call()).output).toBe("1\n");
  });

  test("a command that the VM lost with its power is answered as killed, now and whenever it is asked for again", async () => {
    const call = () => withOperations("run.call_2", () => backend.execute("echo begun > /workspace/k; sync; sleep 60"));
    const lost = call();
    await vi.waitFor(async () => expect(await cat("/workspace/k")).toBe("begun\n"), { timeout: 10_000 });
    const pid = vms.list().find(({ id }) => id === backend.id)?.pid;
    process.kill(Number(pid), "SIGKILL");
    expect(await lost).toMatchObject({ exitCode: 137, output: expect.stringContaining("lost power") });
    expect(await call()).toMatchObject({ exitCode: 137 });
  });
});

describe("write and read", () => {
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
  ])("%s", async (_, name, content) => {
    const path = `${folder()}/${name}`;
    expect(await backend.write(path, content)).toEqual({ path, filesUpdate: null });
    expect(await cat(path)).toBe(content);
    expect((await backend.read(path, 0, 2_000)).content).toBe(content);
  });

  test("overwrites, and takes doubled slashes for one", async () => {
    const base = folder();
    await backend.write(`${base}/f.txt`, "first");
    const path = `${base}//sub///f.txt`;
    expect((await backend.write(path, "second")).path).toBe(path);
    expect(await cat(`${base}/sub/f.txt`)).toBe("second");
    await backend.write(`${base}/f.txt`, "third");
    expect(await cat(`${base}/f.txt`)).toBe("third");
  });

  test("a relative path begins at the working directory", async () => {
    await backend.write("relative.txt", "here");
    expect(await cat("/workspace/relative.txt")).toBe("here");
  });

  test("reads by lines, without line numbers, and says what is left", async () => {
    const path = `${folder()}/rows.txt`;
    await backend.write(path, Array.from({ length: 1000 }, (_, n) => `Row_${n}`).join("\n"));
    expect(await backend.read(path, 5, 2)).toEqual({
      content: "Row_5\nRow_6",
      mimeType: "text/plain",
      totalLines: 1000,
      startLine: 6,
      endLine: 7,
      nextOffset: 7,
    });
    expect((await backend.read(path)).endLine).toBe(500);
    expect((await backend.read(path, 0, 0)).content).toBe("");
    expect((await backend.read(path, 5_000)).error).toContain("1000 lines");
  });

  test("what is not there, or no file, is an error in words", async () => {
    expect((await backend.read("/workspace/absent.txt")).error).toBe("File '/workspace/absent.txt' not found");
    expect((await backend.readRaw("/workspace/absent.txt")).error).toContain("not found");
    expect((await backend.read("/workspace")).error).toContain("is_directory");
    expect((await backend.write("/proc/version", "x")).error).toBeDefined();
  });

  test("bytes stay bytes", async () => {
    const path = `${folder()}/dot.png`;
    const content = new Uint8Array([0x89, 0x50, 0, 255, 10]);
    await backend.write(path, Buffer.from(content).toString("base64"));
    expect(await backend.read(path)).toEqual({ content: Buffer.from(content), mimeType: "image/png" });
    const { data } = await backend.readRaw(path);
    expect(data).toMatchObject({ mimeType: "image/png", modified_at: expect.stringMatching(/^20\d\d-.*Z$/) });
  });
});

describe("edit", () => {
  const edited = async (content: string, old: string, replacement: string, all?: boolean) => {
    const path = `${folder()}/edit.txt`;
    await backend.write(path, content);
    const result = await backend.edit(path, old, replacement, all);
    return { ...result, now: await cat(path) };
  };

  test.each([
    ["one place", "Hello world\nGoodbye world", "Goodbye", "Farewell", "Hello world\nFarewell world"],
    ["no pattern", "Price: $100.00 [a-z]*", "[a-z]*", "$& [0-9]+", "Price: $100.00 $& [0-9]+"],
    ["several lines", "Line 1\nLine 2\nLine 3", "Line 1\nLine 2", "Both", "Both\nLine 3"],
    ["a part of a line", "The quick brown fox jumps", "brown fox", "red cat", "The quick red cat jumps"],
    ["and keeps line ends", "one\r\ntwo\r\n", "two", "three", "one\r\nthree\r\n"],
    ["to nothing", "keep\ndrop\nkeep", "drop\n", "", "keep\nkeep"],
    ["to the same", "Same", "Same", "Same", "Same"],
    ["unicode", "Hi 👋 世界", "👋", "🌍", "Hi 🌍 世界"],
    ["white space", "a    b", "    ", " ", "a b"],
    ["long", `s\n${"x".repeat(1000)}\ne`, "x".repeat(1000), "y".repeat(1000), `s\n${"y".repeat(1000)}\ne`],
    ["an empty file", "", "", "filled", "filled"],
  ])("%s", async (_, content, old, replacement, now) => {
    expect(await edited(content, old, replacement)).toEqual(expect.objectContaining({ occurrences: 1, now }));
  });

  test("every place, when asked to", async () => {
    expect(await edited("a b a b a", "a", "c", true)).toMatchObject({ occurrences: 3, now: "c b c b c" });
  });

  test("several places without being asked to, no place, no file: nothing changes", async () => {
    expect(await edited("a b a", "a", "c")).toMatchObject({ error: expect.stringContaining("multiple"), now: "a b a" });
    expect(await edited("a", "z", "c")).toMatchObject({ error: expect.stringContaining("not found"), now: "a" });
    expect(await edited("a", "", "c")).toMatchObject({ error: expect.stringContaining("empty"), now: "a" });
    expect((await backend.edit("/workspace/absent", "a", "b")).error).toContain("not found");
  });
});

describe("ls", () => {
  test("absolute paths, folders marked, hidden and odd names, nothing recursive", async () => {
    const base = folder();
    for (const name of ["file.txt", ".hidden", "with space.txt", "file(1).txt", "测试.txt", "dir/inner.txt"]) {
      await backend.write(`${base}/${name}`, "content");
    }
    const { files, error } = await backend.ls(`${base}/`);
    expect(error).toBeUndefined();
    expect(files?.map(({ path, is_dir }) => [path, is_dir]).sort()).toEqual(
      [
        [`${base}/file.txt`, false],
        [`${base}/.hidden`, false],
        [`${base}/with space.txt`, false],
        [`${base}/file(1).txt`, false],
        [`${base}/测试.txt`, false],
        [`${base}/dir/`, true],
      ].sort(),
    );
    expect(files?.find(({ path }) => path.endsWith("/file.txt"))).toMatchObject({ size: 7 });
  });

  test("large, empty and absent folders", async () => {
    const base = folder();
    await backend.execute(
      `mkdir -p ${base}/empty ${base}/large && cd ${base}/large && for i in $(seq 300); do : > f$i; done`,
    );
    expect((await backend.ls(`${base}/large`)).files).toHaveLength(300);
    expect(await backend.ls(`${base}/empty`)).toEqual({ files: [] });
    expect(await backend.ls(`${base}/absent`)).toEqual({ files: [] });
  });
});

describe("grep", () => {
  test("literal, with case, line numbers, below folders, by file name", async () => {
    const base = folder();
    await backend.write(`${base}/a.txt`, "Hello $100\nhello\n[a-z]* Hello");
    await backend.write(`${base}/sub/b.py`, "Hello 世界");
    await backend.write(`${base}/pic.png`, Buffer.from("Hello").toString("base64"));
    const find = async (pattern: string, glob?: string) => {
      const { matches, error } = await backend.grep(pattern, base, glob);
      expect(error).toBeUndefined();
      return matches?.map(({ path, line }) => `${path.slice(base.length)}:${line}`).sort();
    };
    expect(await find("Hello")).toEqual(["/a.txt:1", "/a.txt:3", "/sub/b.py:1"]);
    expect(await find("Hello", "*.py")).toEqual(["/sub/b.py:1"]);
    expect(await find("$100")).toEqual(["/a.txt:1"]);
    expect(await find("[a-z]*")).toEqual(["/a.txt:3"]);
    expect(await find("世界")).toEqual(["/sub/b.py:1"]);
    expect(await find("absent")).toEqual([]);
    expect(await backend.grep("x", `${base}/absent`)).toEqual({ matches: [] });
    const capped = await backend.grep("Hello", base, null, 1);
    expect(capped.matches).toHaveLength(1);
    expect(capped.truncated).toBe(true);
  });
});

describe("glob", () => {
  test("by pattern, relative to the folder", async () => {
    const base = folder();
    const names = ["file1.txt", "file2.txt", "file10.txt", "fileA.txt", "x.py", ".hid", "d/n.txt", "d/e/f/deep.txt"];
    for (const name of names) await backend.write(`${base}/${name}`, "content");
    const find = async (pattern: string) => {
      const { files, error } = await backend.glob(pattern, base);
      expect(error).toBeUndefined();
      return files?.map(({ path }) => path).sort();
    };
    expect(await find("file[1-2].txt")).toEqual(["file1.txt", "file2.txt"]);
    expect(await find("file?.txt")).toEqual(["file1.txt", "file2.txt", "fileA.txt"]);
    expect(await find("*.{py,txt}")).toEqual(["file1.txt", "file10.txt", "file2.txt", "fileA.txt", "x.py"]);
    expect(await find("**/*.txt")).toContain("d/e/f/deep.txt");
    expect(await find("**/deep.txt")).toEqual(["d/e/f/deep.txt"]);
    expect(await find(".*")).toEqual([".hid"]);
    expect(await find("*.md")).toEqual([]);
    const all = await backend.glob("*", base);
    expect(all.files?.filter((file) => file.is_dir).map(({ path }) => path)).toEqual(["d/"]);
    const [deep] = (await backend.glob(`${base.slice(1)}/d/n.*`, "/")).files ?? [];
    expect(deep?.path).toBe(`${base}/d/n.txt`);
    expect(await backend.glob("*", `${base}/absent`)).toEqual({ files: [] });
  });
});

describe("delete, upload, download", () => {
  test("deletes files and folders, and says when there was nothing", async () => {
    const base = folder();
    await backend.write(`${base}/sub/f.txt`, "x");
    expect(await backend.delete(base)).toEqual({ path: base, filesUpdate: null });
    expect((await backend.read(`${base}/sub/f.txt`)).error).toContain("not found");
    expect((await backend.delete(base)).error).toContain("not found");
  });

  test("moves many files in and out, and names each failure", async () => {
    const base = folder();
    const [a, b] = [`${base}/a.bin`, `${base}/sub/b.txt`];
    const up = await backend.uploadFiles([
      [a, new Uint8Array([0, 1, 2, 255])],
      [b, bytes("b")],
      ["/workspace", bytes("x")],
    ]);
    expect(up.map(({ error }) => error)).toEqual([null, null, "is_directory"]);
    const down = await backend.downloadFiles([a, b, `${base}/absent`, base, "/workspace/nul\0"]);
    await backend.execute(`truncate -s 3G ${base}/huge`);
    await expect(backend.downloadFiles([`${base}/huge`])).rejects.toMatchObject({ code: "too_large" });
    expect(down.map(({ error }) => error)).toEqual([null, null, "file_not_found", "is_directory", "invalid_path"]);
    expect([...(down[0]?.content ?? [])]).toEqual([0, 1, 2, 255]);
    expect(text(down[1]?.content ?? new Uint8Array())).toBe("b");
    expect(down[2]?.content).toBeNull();
  });

  test("what is uploaded is at once there for every other call", async () => {
    const base = folder();
    const script = `${base}/bin/run.sh`;
    expect(await backend.uploadFiles([[script, bytes("echo from the script")]])).toEqual([
      { path: script, error: null },
    ]);
    expect((await backend.execute(`sh ${script}`)).output).toBe("from the script\n");
    expect((await backend.ls(`${base}/bin`)).files?.map(({ path }) => path)).toEqual([script]);
    expect((await backend.grep("from the", base)).matches).toHaveLength(1);
    await backend.edit(script, "script", "edited script");
    expect((await backend.read(script)).content).toBe("echo from the edited script");
    await backend.execute(`mkdir ${base}/old && mv ${script} ${base}/old/`);
    expect((await backend.glob("**/*.sh", base)).files?.map(({ path }) => path)).toEqual(["old/run.sh"]);
    expect(await backend.uploadFiles([])).toEqual([]);
  });

  test("a folder the user may not write to is refused", async () => {
    const [response] = await backend.uploadFiles([["/sys/nope.txt", bytes("x")]]);
    expect(response?.error).toMatch(/permission_denied|invalid_path/);
  });
});
