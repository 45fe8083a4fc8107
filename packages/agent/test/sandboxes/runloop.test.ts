import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { withOperations } from "@vibewriter/microvm";
import { inTime } from "../../src/sandboxes/in-time.js";
import { RunloopBackend } from "../../src/sandboxes/runloop/backend.js";
import { RunloopServer } from "../support/runloop-server.js";

// Against a server of our own that answers as Runloop's API documents; Runloop itself is not asked.
let server: RunloopServer;

beforeEach(async () => {
  server = await RunloopServer.open();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function open(o: { agentId?: string; apiKey?: string; executeTimeoutMs?: number } = {}): Promise<RunloopBackend> {
  return RunloopBackend.open({ apiKey: server.key, baseUrl: server.url, scope: "home-1", agentId: "ada", ...o });
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the devbox of an agent", () => {
  it("is made once, waited for while it boots, and found again by what it was made for", async () => {
    server.bootQuestions = 3;
    const first = await open();
    const [devbox] = server.devboxes;
    expect(devbox).toMatchObject({
      id: first.id,
      status: "running",
      metadata: { vibewriter_scope: "home-1", vibewriter_agent: "ada" },
      launch_parameters: { lifecycle: { after_idle: { idle_time_seconds: 900, on_idle: "suspend" } } },
    });
    for (const agentId of ["bob", "cleo", "dan"]) expect((await open({ agentId })).id).not.toBe(first.id);
    expect((await open()).id).toBe(first.id);
    expect(server.devboxes).toHaveLength(4);
  });

  it("is resumed with its files, when it is opened and when a call finds it suspended", async () => {
    const backend = await open();
    await backend.uploadFiles([["/workspace/kept.txt", bytes("kept")]]);
    server.devbox(backend.id).status = "suspended";
    expect((await backend.execute("cat /workspace/kept.txt")).output).toBe("kept");
    server.devbox(backend.id).status = "suspending";
    const again = await open();
    expect(again.id).toBe(backend.id);
    expect(server.requests.filter((line) => line.endsWith("/resume"))).toHaveLength(2);
    server.devbox(backend.id).status = "suspended";
    const [file] = await again.downloadFiles(["/workspace/kept.txt"]);
    expect(file).toMatchObject({ error: null, content: bytes("kept") });
  });

  it("that has ended takes its files with it, which is said; the next one is new", async () => {
    const backend = await open();
    await backend.shutDown();
    await expect(backend.execute("true")).rejects.toMatchObject({
      code: "sandbox_failed",
      message: expect.stringContaining("start the run anew"),
    });
    expect((await open()).id).not.toBe(backend.id);
  });

  it("is not made twice when the answer to making it was lost", async () => {
    server.faults.push({ path: /^POST \/v1\/devboxes$/, status: 500, after: true, times: 5 });
    const before = server.faults[0];
    const backend = await open();
    // Retries carry one idempotency key, which this server does not know: each of them made one. The oldest is the agent's.
    expect(backend.id).toBe(server.devboxes[0]?.id);
    expect((await open()).id).toBe(backend.id);
    expect(before?.times).toBe(0);
  });
});

describe("a command", () => {
  it("gives output and errors in their order, and its exit code", async () => {
    const backend = await open();
    expect(await backend.execute("echo one; echo two >&2; echo three; exit 7")).toEqual({
      output: "one\ntwo\nthree\n",
      exitCode: 7,
      truncated: false,
    });
    expect((await backend.execute("pwd; echo $0")).output).toBe("/root\nbash\n");
  });

  it("is waited for beyond the time that one answer is held back, over answers that fail", async () => {
    const backend = await open();
    server.holdMs = 20;
    server.faults.push({ path: /wait_for_status$/, status: 503, times: 2 });
    expect(await backend.execute("sleep 1; echo done")).toMatchObject({ output: "done\n", exitCode: 0 });
    expect(server.requests.filter((line) => line.includes("/executions/")).length).toBeGreaterThan(2);
  });

  it("is not waited for when no more time is left for it", async () => {
    const backend = await open();
    expect(await inTime(backend, { commandMsLeft: () => 50 }).execute("sleep 9")).toMatchObject({ exitCode: 124 });
    const spent = new AbortController();
    const both = inTime(backend, { commandMsLeft: () => 60_000, commandsOver: spent.signal });
    expect(await both.execute("echo there")).toMatchObject({ exitCode: 0, output: "there\n" });
    setTimeout(() => spent.abort(), 50);
    expect(await both.execute("sleep 9")).toMatchObject({ exitCode: 124 });
  });

  it("is ended at its time limit", async () => {
    const backend = await open({ executeTimeoutMs: 1_000 });
    const begun = Date.now();
    const result = await backend.execute("sleep 60");
    expect(result).toMatchObject({ exitCode: 124, output: expect.stringContaining("time limit of 1 s") });
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(server.requests.at(-1)).toMatch(/\/kill$/);
  });

  it("with more output than is of use is cut, and says so", async () => {
    const backend = await open();
    const result = await backend.execute("head -c 3000000 /dev/zero | tr '\\0' x");
    expect(result).toMatchObject({ exitCode: 0, truncated: true });
    expect(result.output).toHaveLength(1_048_576);
    const lines = await backend.execute("seq 1 60000");
    expect(lines.truncated).toBe(true);
  });

  it("whose answer was lost is asked after, not run again, also by the next owner of the run", async () => {
    const backend = await open();
    const before = server.commands;
    const once = () =>
      withOperations("run-1.call-1", () => backend.execute("echo x >> /root/once; wc -l < /root/once"));
    server.faults.push({ path: /\/execute$/, status: 502, after: true, times: 1 });
    expect((await once()).output.trim()).toBe("1");
    expect((await once()).output.trim()).toBe("1");
    expect(server.commands).toBe(before + 1);
  });
});

describe("files", () => {
  it("are written with their folders, read, found, edited and removed", async () => {
    const backend = await open();
    const binary = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256);
    expect(
      await backend.uploadFiles([
        ["/workspace/a/b/data.bin", binary],
        ["/workspace/it's.md", bytes("one\ntwo\n")],
      ]),
    ).toEqual([
      { path: "/workspace/a/b/data.bin", error: null },
      { path: "/workspace/it's.md", error: null },
    ]);
    const [data] = await backend.downloadFiles(["/workspace/a/b/data.bin"]);
    expect(data?.content).toEqual(binary);
    expect(await backend.write("/workspace/new/deep.md", "bees\nand wasps\n")).toMatchObject({
      path: "/workspace/new/deep.md",
    });
    expect(await backend.edit("/workspace/it's.md", "two", "2")).toMatchObject({ occurrences: 1 });
    expect((await backend.read("/workspace/it's.md")).content).toContain("2");
    expect((await backend.ls("/workspace")).files?.map(({ path }) => path).sort()).toEqual([
      "/workspace/a/",
      "/workspace/it's.md",
      "/workspace/new/",
    ]);
    expect((await backend.glob("**/*.md", "/workspace")).files?.map(({ path }) => path).sort()).toEqual([
      "it's.md",
      "new/deep.md",
    ]);
    expect((await backend.grep("wasps", "/workspace")).matches).toEqual([
      { path: "/workspace/new/deep.md", line: 2, text: "and wasps" },
    ]);
    await backend.delete("/workspace/new");
    expect((await backend.read("/workspace/new/deep.md")).error).toContain("not found");
  });

  it("that cannot be read or written give deepagents' codes, one by one", async () => {
    const backend = await open();
    await backend.execute("mkdir -p /workspace/folder; echo x > /workspace/file");
    expect(await backend.downloadFiles(["/workspace/none", "/workspace/folder", "/workspace/file"])).toMatchObject([
      { error: "file_not_found", content: null },
      { error: "is_directory", content: null },
      { error: null },
    ]);
    expect(
      await backend.uploadFiles([
        ["/workspace/folder", bytes("x")],
        ["/workspace/file/below", bytes("x")],
        ["/workspace/ok", bytes("x")],
      ]),
    ).toMatchObject([{ error: "is_directory" }, { error: "invalid_path" }, { error: null }]);
  });
});

describe("a failure of the API", () => {
  it("that passes is waited out", async () => {
    server.faults.push(
      { path: /^GET \/v1\/devboxes$/, status: 429, times: 3 },
      { path: /\/execute$/, status: 503, times: 3 },
    );
    const backend = await open();
    expect((await backend.execute("echo ok")).output).toBe("ok\n");
  });

  it.each([
    [429, "sandbox_unavailable", /asked to slow down/],
    [500, "sandbox_unavailable", /failed while/],
    [403, "sandbox_refused", /RUNLOOP_API_KEY/],
    [422, "sandbox_failed", /refused/],
  ])("with %d that stays is %s", async (status, code, message) => {
    const backend = await open();
    server.faults.push({ path: /\/execute$/, status, times: 1_000 });
    await expect(backend.execute("true")).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("a wrong key is said without being repeated; a server that is not there is said too", async () => {
    const error: unknown = await open({ apiKey: "wrong-key-77" }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "sandbox_refused", message: expect.stringContaining("(401)") });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("wrong-key-77");
    await using gone = await RunloopServer.open();
    const address = gone.url;
    await gone[Symbol.asyncDispose]();
    const opening = RunloopBackend.open({ apiKey: "k", baseUrl: address, scope: "s", agentId: "a" });
    await expect(opening).rejects.toMatchObject({ code: "sandbox_unavailable" });
  }, 60_000);
});

it("the key is in no devbox", async () => {
  const backend = await open();
  expect((await backend.execute("env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'")).output).not.toContain(
    server.key,
  );
  const { root } = server.devbox(backend.id);
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files)
    expect(await readFile(join(parentPath, name), "utf8")).not.toContain(server.key);
  expect(JSON.stringify(server.devboxes)).not.toContain(server.key);
});
