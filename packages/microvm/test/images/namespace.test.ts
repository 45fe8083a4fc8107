import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { owner, ProgramError, runInNamespace } from "../../src/images/namespace.js";

let folder: string;
let work: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-namespace-"));
  await chmod(folder, 0o711);
  work = join(folder, "work");
  await mkdir(work);
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(work, owner.uid, owner.gid);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The lines that a script writes in a namespace whose root is this machine's, read-only. */
async function linesOf(script: string, o: { network?: boolean } = {}): Promise<string[]> {
  const lines: string[] = [];
  await runInNamespace({
    root: "/",
    folders: { "/tmp/work": work },
    argv: ["sh", "-c", script],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    network: o.network ?? false,
    timeoutMs: 30_000,
    signal: new AbortController().signal,
    onLine: (line) => lines.push(line),
  });
  return lines;
}

test("a program in a namespace is root of nothing here", async () => {
  await writeFile(join(folder, "secret"), "canary", { mode: 0o600 });
  const script = `id -u
echo mine > /tmp/work/mine; chown 1000:1000 /tmp/work/mine && stat -c %u:%g /tmp/work/mine
touch /usr/canary 2>/dev/null && echo wrote; cat ${folder}/secret 2>/dev/null
(echo x > /proc/sys/kernel/core_pattern) 2>/dev/null && echo changed
mknod /tmp/work/disk b 8 0 2>/dev/null && echo made
kill -9 ${process.pid} 2>/dev/null && echo killed
echo $$ is small: $([ $$ -lt 20 ] && echo yes)
exit 0`;
  const lines = await linesOf(script);
  expect(lines).toEqual(["0", "1000:1000", expect.stringMatching(/^\d+ is small: yes$/)]);
  const { uid } = await stat(join(work, "mine"));
  expect([0, 1_000, process.getuid?.()]).not.toContain(uid);
});

test("without the network there is a loopback and nothing else", async () => {
  const server: Server = createServer((socket) => socket.end("reached")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const ask = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3' 2>/dev/null; echo; tail -n +3 /proc/net/dev | cut -d: -f1`;
  try {
    expect((await linesOf(ask, { network: false })).map((line) => line.trim())).toEqual(["lo"]);
    expect(await linesOf(ask, { network: true })).toContain("reached");
  } finally {
    server.close();
  }
});

test("a program that fails says how, and what it said", async () => {
  const error: unknown = await linesOf("echo useful >&2; exit 3").catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ProgramError);
  expect(error).toMatchObject({ output: "useful", message: "sh ended with 3" });
});

test.each(["sleep 300", "trap '' TERM INT; sleep 300 & sleep 300"])(
  "%j ends with its signal, with all it started",
  async (script) => {
    const cancelling = new AbortController();
    const running = runInNamespace({
      root: "/",
      folders: { "/tmp/work": work },
      argv: ["sh", "-c", `echo on; ${script}`],
      env: { PATH: "/usr/bin:/bin" },
      network: false,
      timeoutMs: 30_000,
      signal: cancelling.signal,
      onLine: () => cancelling.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
  },
);

test("one that takes too long is ended", async () => {
  const running = runInNamespace({
    root: "/",
    folders: {},
    argv: ["sleep", "300"],
    env: { PATH: "/usr/bin:/bin" },
    network: false,
    timeoutMs: 300,
    signal: new AbortController().signal,
  });
  await expect(running).rejects.toMatchObject({ code: "timed_out" });
});
