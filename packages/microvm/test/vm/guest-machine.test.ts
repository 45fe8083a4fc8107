import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "../../src/client/connection.js";
import { openDriver } from "../../src/drivers/open.js";
import type { Op, ResultOf } from "../../src/wire/messages.js";
import { Lab, type Specimen, shell } from "../drivers/lab.js";

const deadlineMs = 30_000;
let lab: Lab;
let vm: Specimen;

beforeAll(async () => {
  lab = await Lab.open(openDriver);
  vm = await lab.clone({ disk: true });
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

function call<O extends Op>(op: O, args: Parameters<Connection["call"]>[0]["args"]): Promise<ResultOf<O>> {
  return vm.connection.call({ op, args, maxData: 1_048_576, deadlineMs });
}

async function contentOf(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  const onData = (_: number, bytes: Uint8Array) => chunks.push(Uint8Array.from(bytes));
  await vm.connection.call({ op: "read", args: { path }, maxData: 1_048_576, onData, deadlineMs });
  return Buffer.concat(chunks).toString();
}

const write = (path: string) =>
  vm.connection.call({ op: "write", args: { path }, body: Buffer.from("x"), maxData: 0, deadlineMs });

test("what the programs use is told, with the disk and within their bounds", async () => {
  const before = await call("metrics", {});
  await shell(vm.connection, "head -c 8000000 /dev/urandom > /workspace/metered; sync");
  const after = await call("metrics", {});
  expect(after.maxProcesses).toBe(2_048);
  expect(after.maxMemoryBytes).toBeLessThan(after.totalMemoryBytes - 32 * 1_048_576);
  expect(after.memoryBytes).toBeGreaterThan(0);
  expect(after.cpuMs).toBeGreaterThan(before.cpuMs);
  expect(after.uptimeMs).toBeGreaterThan(before.uptimeMs);
  expect((after.diskBytes ?? 0) - (before.diskBytes ?? 0)).toBeGreaterThanOrEqual(8_000_000);
  expect(after.maxDiskBytes).toBeLessThan(64 * 1_048_576);
  expect((after.inodes ?? 0) - (before.inodes ?? 0)).toBe(1);
});

describe("freezing", () => {
  const isSettled = async (promise: Promise<unknown>, withinMs: number) =>
    Promise.race([promise.then(() => true), delay(withinMs).then(() => false)]);

  test("stops programs and changes of files, answers everything else, and nothing is lost by it", async () => {
    const count = "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo $i > /workspace/count; done; cat /workspace/count";
    const counting = shell(vm.connection, count);
    await vi.waitFor(async () => expect(Number(await contentOf("/workspace/count"))).toBeGreaterThan(5), 20_000);
    await call("freeze", { lease_ms: 30_000 });
    const frozen = await contentOf("/workspace/count");
    const writing = write("/workspace/late");
    expect(await isSettled(writing, 500)).toBe(false);
    expect(await contentOf("/workspace/count")).toBe(frozen);
    expect(await vm.connection.ping(5_000)).toBeLessThan(1_000);
    vm.connection.forget("unknown");
    vm.connection.flushForgotten();
    expect((await call("metrics", {})).processes).toBeGreaterThan(0);
    expect(await call("thaw", {})).toEqual({ wasFrozen: true });
    await writing;
    expect(await counting).toBe("2000\n");
    expect(await call("thaw", {})).toEqual({ wasFrozen: false });
  });

  test("ends by itself", async () => {
    await call("freeze", { lease_ms: 500 });
    const begun = Date.now();
    await write("/workspace/after");
    expect(Date.now() - begun).toBeGreaterThan(200);
    expect(await call("thaw", {})).toEqual({ wasFrozen: false });
  });

  test("a program that is ended while it is frozen does not thaw the others", async () => {
    const stop = new AbortController();
    const args = { argv: ["/bin/sh", "-c", "(while :; do :; done) & while :; do :; done"] };
    const running = vm.connection.call({ op: "exec", args, maxData: 0, deadlineMs, signal: stop.signal });
    await delay(300);
    await call("freeze", { lease_ms: 30_000 });
    stop.abort();
    expect(await running).toMatchObject({ cancelled: true });
    const other = shell(vm.connection, "echo ran");
    expect(await isSettled(other, 500)).toBe(false);
    await call("thaw", {});
    expect(await other).toBe("ran\n");
  });
});

test("a renewed VM has another name, time and epoch, and the same processes", async () => {
  const running = shell(vm.connection, "echo $$ > /workspace/pid; sleep 3; hostname; date +%Y");
  await vi.waitFor(() => contentOf("/workspace/pid"), 20_000);
  const renewal = { seed: randomBytes(32), time_us: Date.UTC(2041, 5) * 1_000, epoch: 77, hostname: "another" };
  await call("renew", renewal);
  expect(await running).toBe("another\n2041\n");
  await call("renew", { ...renewal, time_us: Date.now() * 1_000 });
  expect(await shell(vm.connection, "date +%Y")).toBe("2041\n");
  await call("renew", { ...renewal, epoch: 78, time_us: Date.now() * 1_000 });
  await vm.connection.close();
  vm = { ...vm, connection: await Connection.open(vm.machine.record.rpc, { deadlineMs }) };
  expect(vm.connection.hello).toMatchObject({ epoch: 78, configured: true });
});

test("programs reach the host through the doors, each as itself", async () => {
  await call("grant", { token: "granted" });
  const ask = (port: number, word: string) =>
    shell(
      vm.connection,
      `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; head -c 300000 /dev/zero >&3; echo ${word} >&3; cat <&3'`,
    );
  const serve = async (door: "proxy" | "bridge") => {
    const stream = await vm.connection.accept(door);
    const chunks: Buffer[] = [];
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      const heard = Buffer.concat(chunks);
      if (heard.at(-1) !== 10) continue;
      stream.end(`${door} ${stream.token} ${heard.length}\n`);
      break;
    }
  };
  const serving = [serve("proxy"), serve("bridge")];
  expect(await ask(3128, "one")).toBe("proxy granted 300004\n");
  expect(await ask(3129, "three")).toBe("bridge granted 300006\n");
  await Promise.all(serving);
  const env = await shell(vm.connection, "echo $HTTP_PROXY $https_proxy $NO_PROXY $VIBEWRITER_BRIDGE");
  expect(env).toBe("http://127.0.0.1:3128 http://127.0.0.1:3128 localhost,127.0.0.1 http://127.0.0.1:3129\n");
});

test("changes by programs and by the host are watched where files lie in layers", async () => {
  const stop = new AbortController();
  const heard: Uint8Array[] = [];
  const watching = vm.connection.call({
    op: "watch",
    args: { path: "/workspace", recursive: true },
    maxData: 1_048_576,
    onData: (_, bytes) => heard.push(Uint8Array.from(bytes)),
    deadlineMs,
    signal: stop.signal,
  });
  const told = () => Buffer.concat(heard).toString("latin1");
  await vi.waitFor(async () => {
    await write("/workspace/probe");
    expect(told()).toContain("/workspace/probe");
  }, 20_000);
  await shell(vm.connection, "mkdir -p /workspace/deep/er && sleep 0.5 && echo x > /workspace/deep/er/file");
  await vi.waitFor(() => expect(told()).toContain("/workspace/deep/er/file"), 20_000);
  stop.abort();
  await expect(watching).rejects.toMatchObject({ code: "cancelled" });
});

test("limits given at the beginning bound all programs together", async () => {
  const { folder, spec } = await lab.place({ disk: false });
  const { connection } = await lab.restore(folder, spec);
  const limits = { processes: 20, memory_bytes: 48 * 1_048_576 };
  const args = {
    seed: randomBytes(32),
    time_us: Date.now() * 1_000,
    epoch: 1,
    hostname: "small",
    root: "memory",
    limits,
  };
  await connection.call({ op: "configure", args, maxData: 0, deadlineMs });
  const metrics = await connection.call({ op: "metrics", args: {}, maxData: 0, deadlineMs });
  expect(metrics).toMatchObject({ maxProcesses: 20, maxMemoryBytes: 48 * 1_048_576 });
  expect(metrics.diskBytes).toBeUndefined();
  const crowd = "for i in $(seq 40); do sleep 5 & done 2>&1; wait";
  await expect(shell(connection, crowd)).rejects.toThrow(/fork/i);
  const eat = "head -c 100000000 /dev/zero | tail -c 90000000 | wc -c";
  expect(await shell(connection, `${eat} || true`)).toMatch(/^0$/m);
});

test("a VM that powers off leaves a disk at rest, whatever wrote to it", async () => {
  const { connection, machine, spec } = await lab.clone({ disk: true });
  await shell(connection, "(while :; do echo x >> /workspace/log; done) > /dev/null 2>&1 & sleep 0.3");
  await connection.call({ op: "power_off", args: {}, maxData: 0, deadlineMs });
  await vi.waitFor(() => expect(machine.isAlive()).toBe(false), 20_000);
  const file = await open(spec.disk ?? "");
  // The superblock's incompatible features; this one says that the journal is to be replayed.
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 1_024 + 0x60);
  await file.close();
  expect(buffer.readUInt32LE(0) & 4).toBe(0);
});
