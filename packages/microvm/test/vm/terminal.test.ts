import { setTimeout as delay } from "node:timers/promises";
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "terminals", template, diskMiB: 64 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

/** All that a terminal's program writes until it ends. */
async function everything(terminal: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of terminal) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("a program on a terminal sees one, of the size that it was given, and what is typed", async () => {
  await using terminal = await vm.terminal({
    command: "test -t 0 && test -t 1 && stty size && read line && echo heard $line && exit 3",
    rows: 31,
    cols: 97,
  });
  await terminal.write(bytes("typed\n"));
  expect(await everything(terminal)).toMatch(/31 97\r\n[\s\S]*heard typed\r\n/);
  expect(await terminal.done).toMatchObject({ exitCode: 3 });
});

test("a shell goes on until it is left, and its window can be resized", async () => {
  await using terminal = await vm.terminal({ rows: 24, cols: 80 });
  await terminal.resize(40, 120);
  await terminal.write(bytes("stty size\nexit 0\n"));
  expect(await everything(terminal)).toContain("40 120");
  expect(await terminal.done).toMatchObject({ exitCode: 0 });
});

test("ctrl-C and signals reach what is in the foreground", async () => {
  const ready = async () => {
    const terminal = await vm.terminal({ command: "echo ready; exec sleep 60", rows: 24, cols: 80 });
    const { value } = await terminal[Symbol.asyncIterator]().next();
    expect(text(value ?? bytes(""))).toMatch(/^ready/);
    return terminal;
  };
  await using typed = await ready();
  await typed.write(Uint8Array.of(3));
  expect(await typed.done).toEqual({ exitCode: 130, signal: 2 });
  await using signalled = await ready();
  await signalled.signal(15);
  expect(await signalled.done).toEqual({ exitCode: 143, signal: 15 });
});

test("closing a terminal kills its program; a program that is not there is told", async () => {
  const terminal = await vm.terminal({ argv: ["sleep", "60"], rows: 24, cols: 80 });
  await terminal.close();
  expect(await terminal.done).toMatchObject({ signal: 9 });
  const absent = await vm.terminal({ argv: ["/no/such/program"], rows: 24, cols: 80 });
  await expect(absent.done).rejects.toMatchObject({ code: "not_found" });
});

test("a program whose terminal nobody reads stops writing, and goes on when somebody does", async () => {
  await using terminal = await vm.terminal({ command: "head -c 4000000 /dev/zero", rows: 24, cols: 80 });
  await delay(1_000);
  expect(await everything(terminal)).toHaveLength(4_000_000);
});

describe("a command under an operation id", () => {
  test("is followed from any byte on by somebody else, and is signalled", async () => {
    const heard: string[] = [];
    const first = vm.exec({
      command: "trap 'echo caught; exit 5' USR1; echo begun; while :; do sleep 0.05; done",
      operationId: "followed",
      onStdout: (chunk) => heard.push(text(chunk)),
    });
    const moved = expect(first).rejects.toMatchObject({ code: "operation_moved" });
    await vi.waitFor(() => expect(heard.join("")).toBe("begun\n"), { timeout: 10_000 });
    const followed = vm.follow("followed", { offset: 3 });
    await moved;
    await vm.signal("followed", 10);
    const { stdout, exitCode } = await followed;
    expect([text(stdout), exitCode]).toEqual(["un\ncaught\n", 5]);
    expect(text((await vm.follow("followed", {})).stdout)).toBe("begun\ncaught\n");
  });

  test("is not known where there was none", async () => {
    await expect(vm.follow("never", {})).rejects.toMatchObject({ code: "not_found" });
    await expect(vm.signal("never", 15)).rejects.toMatchObject({ code: "not_found" });
  });

  test("runs on when whoever follows it leaves", async () => {
    const first = vm.exec({ command: "echo begun; sleep 2; echo done", operationId: "left" });
    const moved = expect(first).rejects.toMatchObject({ code: "operation_moved" });
    await delay(300);
    await expect(vm.follow("left", { timeoutMs: 300 })).rejects.toMatchObject({ code: "timed_out" });
    await moved;
    const { stdout, exitCode } = await vm.follow("left", {});
    expect([text(stdout), exitCode]).toEqual(["begun\ndone\n", 0]);
  });
});
