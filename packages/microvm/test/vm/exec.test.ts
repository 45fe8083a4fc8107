import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type MicroVM, type MicroVMs, withOperations } from "../../src/index.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

const mebibyte = 1_048_576;
let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "one", template, diskMiB: 256 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

describe("exec", () => {
  test("keeps stdout, stderr and the exit code apart", async () => {
    const result = await vm.exec({ command: "echo out; echo err >&2; exit 7" });
    expect(text(result.stdout)).toBe("out\n");
    expect(text(result.stderr)).toBe("err\n");
    expect(result).toMatchObject({ exitCode: 7, timedOut: false, truncated: false });
    expect(result.durationMs).toBeGreaterThan(0);
  });

  test("passes arguments, environment, working directory and standard input as they are", async () => {
    const env = { GREETING: "hello; rm -rf / $(x) ü" };
    const argv = ["/bin/sh", "-c", 'pwd; printf %s\\\\n "$GREETING" "$1"; cat', "sh", "a 'b' *"];
    const result = await vm.exec({ argv, env, cwd: "/tmp", stdin: bytes("typed") });
    expect(text(result.stdout)).toBe(`/tmp\n${env.GREETING}\na 'b' *\ntyped`);
  });

  test("never loses standard input, however short it is and however busy the VM", async () => {
    const heard = await Promise.all(
      Array.from({ length: 30 }, async (_, n) =>
        text((await vm.exec({ argv: ["cat"], stdin: bytes(`in ${n}`) })).stdout),
      ),
    );
    expect(heard).toEqual(Array.from({ length: 30 }, (_, n) => `in ${n}`));
  });

  test("runs as an ordinary user, who may write to what the host wrote", async () => {
    await vm.files.write("/workspace/shared.txt", bytes("a"), { parents: true });
    const result = await vm.exec({ command: "id -u; echo b >> /workspace/shared.txt && cat /workspace/shared.txt" });
    expect(text(result.stdout)).toBe("1000\nab\n");
  });

  test("ends a command at its time limit, with all it started", async () => {
    const started = Date.now();
    const result = await vm.exec({ command: "echo begun; (sleep 61 &) ; sleep 60", timeoutMs: 1_000 });
    expect(result).toMatchObject({ timedOut: true });
    expect(text(result.stdout)).toBe("begun\n");
    expect(Date.now() - started).toBeLessThan(10_000);
    const left = await vm.exec({
      command: "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep 6[01]' || true",
    });
    expect(text(left.stdout).trim()).toBe("0");
  });

  test("cuts output at its bound", async () => {
    const result = await vm.exec({ command: "head -c 3000000 /dev/zero", maxOutputBytes: 100_000 });
    expect(result.truncated).toBe(true);
    expect(result.stdout).toHaveLength(100_000);
  });

  test("hands output on as it comes", async () => {
    const heard: string[] = [];
    const result = await vm.exec({
      command: "for i in 1 2 3; do echo $i; sleep 0.2; done",
      onStdout: (chunk) => heard.push(text(chunk)),
    });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.join("")).toBe(text(result.stdout));
  });

  test("stops when it is told to", async () => {
    const stop = new AbortController();
    const running = vm.exec({ command: "echo begun; sleep 60", signal: stop.signal, onStdout: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
  });

  test("names a program that is not there", async () => {
    await expect(vm.exec({ argv: ["/no/such/program"] })).rejects.toMatchObject({ code: "not_found" });
  });

  test("many calls at once all come back right", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => text((await vm.exec({ command: `echo ${n}` })).stdout)),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => `${n}\n`));
  });
});

describe("operation ids", () => {
  test("the same id again gives the first outcome and runs nothing", async () => {
    const append = { command: "echo x >> /workspace/once; wc -l < /workspace/once", operationId: "test.once" };
    const first = await vm.exec(append);
    const second = await vm.exec(append);
    expect(text(first.stdout)).toBe("1\n");
    expect(text(second.stdout)).toBe("1\n");
    await expect(vm.exec({ ...append, command: "echo other" })).rejects.toMatchObject({ code: "operation_conflict" });
  });

  test("calls inside withOperations are named by their order", async () => {
    const work = () =>
      withOperations("run1.call_7", async () => {
        await vm.files.write("/workspace/scope", bytes("-"));
        await vm.exec({ command: "echo y >> /workspace/scope" });
        return text(await vm.files.read("/workspace/scope"));
      });
    expect(await work()).toBe("-y\n");
    expect(await work()).toBe("-y\n");
  });
});

describe("files", () => {
  test("come back as they were written, large ones too", async () => {
    const content = randomBytes(9 * mebibyte + 13);
    await vm.files.write("/workspace/deep/er/big.bin", content, { parents: true });
    expect(sha256(await vm.files.read("/workspace/deep/er/big.bin"))).toBe(sha256(content));
    const { stdout } = await vm.exec({ command: "sha256sum < /workspace/deep/er/big.bin" });
    expect(text(stdout).split(" ")[0]).toBe(sha256(content));
    const part = await vm.files.read("/workspace/deep/er/big.bin", { offset: mebibyte, length: 1_000 });
    expect(Buffer.from(part).equals(content.subarray(mebibyte, mebibyte + 1_000))).toBe(true);
    expect(await vm.files.read("/workspace/deep/er/big.bin", { offset: content.length })).toHaveLength(0);
  });

  test("are listed, found, moved and removed", async () => {
    const { files } = vm;
    await files.mkdir("/workspace/tree/a/b", { parents: true });
    await files.write("/workspace/tree/a/one.txt", bytes("needle [x]\nhay\n"));
    await files.write("/workspace/tree/a/b/two.md", bytes("hay\nneedle [x]"));
    const { entries } = await files.list("/workspace/tree/a");
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ["b", "directory"],
      ["one.txt", "file"],
    ]);
    const found = await files.glob("**/*.{txt,md}", "/workspace/tree");
    expect(found.entries.map(({ path }) => path).sort()).toEqual([
      "/workspace/tree/a/b/two.md",
      "/workspace/tree/a/one.txt",
    ]);
    const { matches } = await files.grep("needle [x]", "/workspace/tree");
    expect(matches.map(({ path, line }) => [path, line]).sort()).toEqual([
      ["/workspace/tree/a/b/two.md", 2],
      ["/workspace/tree/a/one.txt", 1],
    ]);
    expect(await files.edit("/workspace/tree/a/one.txt", "hay", "straw")).toBe(1);
    await files.rename("/workspace/tree/a/one.txt", "/workspace/tree/a/three.txt");
    expect(text(await files.read("/workspace/tree/a/three.txt"))).toBe("needle [x]\nstraw\n");
    expect((await files.stat("/workspace/tree")).type).toBe("directory");
    await files.remove("/workspace/tree", { recursive: true });
    await expect(files.stat("/workspace/tree")).rejects.toMatchObject({ code: "not_found" });
  });

  test.each([
    ["not_found", () => vm.files.read("/workspace/absent")],
    ["is_directory", () => vm.files.read("/workspace")],
    ["invalid_path", () => vm.files.read("relative")],
    ["invalid_path", () => vm.files.read("/workspace/nul\0")],
    ["not_found", () => vm.files.write("/workspace/no/parent", bytes("x"))],
    ["no_match", () => vm.files.edit("/workspace/shared.txt", "absent", "x")],
    ["too_large", () => vm.files.edit("/workspace/shared.txt", "a", "x".repeat(70_000))],
  ])("%s is told as such", async (code, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  test("a disk ends where it was said to end", async () => {
    const { stdout } = await vm.exec({
      command: "head -c 400M /dev/zero 2>&1 > /workspace/full; echo $?; rm -f /workspace/full",
    });
    expect(text(stdout)).toMatch(/No space left on device[\s\S]*1\n$/);
  });
});

describe("isolation", () => {
  test("there is no network card", async () => {
    const { stdout } = await vm.exec({ command: "ls /sys/class/net" });
    expect(text(stdout).trim()).toBe("lo");
  });

  test("nothing crosses between host and VM by itself", async () => {
    const secret = randomBytes(16).toString("hex");
    const onHost = join(scratch.home, "canary");
    await writeFile(onHost, secret);
    await expect(vm.files.read(onHost)).rejects.toMatchObject({ code: "not_found" });
    const seen = await vm.exec({ command: `cat ${onHost} /proc/1/root${onHost} /../../..${onHost}; ls /tmp` });
    expect(text(seen.stdout)).not.toContain(secret);
    const inVm = `/workspace/canary-${secret}`;
    await vm.exec({ command: `echo hi > ${inVm}; echo hi > /tmp/canary-${secret}` });
    expect(existsSync(inVm)).toBe(false);
    expect(existsSync(`/tmp/canary-${secret}`)).toBe(false);
  });

  test("two clones share neither chance nor name, and know the time", async () => {
    const other = await vms.create({ id: "two", template });
    const ask = async (which: MicroVM) =>
      text(
        (
          await which.exec({
            command: "od -An -N16 -tx1 /dev/urandom; cat /proc/sys/kernel/random/uuid; hostname; date +%s",
          })
        ).stdout,
      ).split("\n");
    const [a, b] = await Promise.all([ask(vm), ask(other)]);
    expect(a[0]).not.toBe(b[0]);
    expect(a[1]).not.toBe(b[1]);
    expect([a[2], b[2]]).toEqual(["one", "two"]);
    for (const seconds of [a[3], b[3]]) expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(5);
    await other.destroy();
    expect(vms.list().map(({ id }) => id)).toEqual(["one"]);
  });
});

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
