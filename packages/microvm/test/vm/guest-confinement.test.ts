import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "../../src/client/connection.js";
import { openDriver } from "../../src/drivers/open.js";
import { isMicroVMError } from "../../src/errors.js";
import { Lab, shell } from "../drivers/lab.js";

const deadlineMs = 60_000;
let lab: Lab;
let connection: Connection;

beforeAll(async () => {
  lab = await Lab.open(openDriver);
  connection = (await lab.clone({ disk: true })).connection;
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

/** Runs something that never ends by itself, pings meanwhile, and ends it. The pings in milliseconds, the longest last. */
async function pingsDuring(command: string, forMs: number): Promise<number[]> {
  const stop = new AbortController();
  const args = { argv: ["/bin/bash", "-c", command] };
  const running = connection.call({ op: "exec", args, maxData: 67_108_864, deadlineMs, signal: stop.signal });
  await delay(500);
  const pings: number[] = [];
  for (const until = Date.now() + forMs; Date.now() < until; await delay(20))
    pings.push(await connection.ping(deadlineMs));
  stop.abort();
  // The client waits 5 s for the guest's word: a busy machine may take longer to end a bomb, and then it gives up.
  const ended = await running.catch((error: unknown) => ({ cancelled: isMicroVMError(error, "cancelled") }));
  expect(ended).toMatchObject({ cancelled: true });
  return pings.sort((a, b) => a - b);
}

test("a program has no right and can gain none", async () => {
  const status = await shell(connection, "grep -E '^(Cap|NoNewPrivs|Uid|Groups)' /proc/self/status");
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
    expect(status).toContain(`${set}:\t0000000000000000`);
  expect(status).toMatch(/NoNewPrivs:\t1/);
  expect(status).toMatch(/Uid:\t1000\t1000\t1000\t1000/);
  expect(status).toMatch(/Groups:\s*$/m);
});

test.each([
  ["mounting", "mount -t tmpfs none /mnt"],
  ["making a device", "mknod /tmp/vda b 254 0"],
  ["its own device nodes", "ls /dev/vda /dev/vdb /dev/kmsg /dev/mem /dev/vport0p1 /dev/vport1p1"],
  ["the kernel's log", "dmesg"],
  ["the kernel's settings", "echo 1 > /proc/sys/kernel/randomize_va_space"],
  ["the kernel's triggers", "echo c > /proc/sysrq-trigger"],
  ["a user namespace", "unshare -U true"],
  ["other roots", "chroot / true"],
  ["the clock", "date -s 2030-01-01"],
  ["the name", "hostname other"],
  ["coming before the agent", "nice -n -5 true 2>&1 | grep . && exit 1"],
  ["ending the agent", "kill -9 1"],
  ["other users' processes", "ls /proc/1 /proc/2"],
  ["control groups", "ls /sys/fs/cgroup/work"],
  ["the settings of devices", "echo none > /sys/block/vda/queue/scheduler"],
  ["what lies beside the root", "ls /memory /disk /lower /shared /modules /../disk"],
  ["taking a door", "python3 -c \"import socket; socket.create_server(('127.0.0.1', 3128))\""],
  ["setting a user", "su -c true"],
  [
    "io_uring",
    'python3 -c "import ctypes; exit(ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(200)) < 0)"',
  ],
])("%s is closed to it", async (_, command) => {
  await expect(shell(connection, command)).rejects.toThrow(/ended with/);
});

test("a fork bomb leaves the agent answering, and is ended with all it made", async () => {
  const { processes: before } = await connection.call({ op: "metrics", args: {}, maxData: 0, deadlineMs });
  const pings = await pingsDuring("bomb() { bomb | bomb & }; bomb; while :; do bomb; done 2>/dev/null", 4_000);
  expect(pings.at(-1)).toBeLessThan(1_000);
  await vi.waitFor(async () => {
    const { processes } = await connection.call({ op: "metrics", args: {}, maxData: 0, deadlineMs });
    expect(processes).toBeLessThanOrEqual(before);
  }, 30_000);
  expect(await shell(connection, "echo alive")).toBe("alive\n");
}, 60_000);

test("programs that only compute leave the agent answering", async () => {
  const pings = await pingsDuring("for i in $(seq 40); do (while :; do :; done) & done; wait", 3_000);
  expect(pings.at(-1)).toBeLessThan(1_000);
  expect(pings[Math.floor(pings.length / 2)]).toBeLessThan(100);
}, 60_000);

test("programs that take all memory die, and nothing else does", async () => {
  const { boot } = connection.hello;
  const hungry = "python3 -c 'x = [bytearray(1 << 20) for _ in range(2000)]'; echo ended with $?";
  const [said, longest] = await Promise.all([
    shell(connection, hungry),
    (async () => {
      let most = 0;
      for (let round = 0; round < 100; round++, await delay(20))
        most = Math.max(most, await connection.ping(deadlineMs));
      return most;
    })(),
  ]);
  expect(said).toContain("ended with 137");
  expect(longest).toBeLessThan(1_000);
  // What lies in memory counts too.
  const filled = await shell(
    connection,
    "head -c 400M /dev/zero > /dev/shm/full; echo $?; rm -f /dev/shm/full; echo alive",
  );
  expect(filled).toMatch(/alive\n$/);
  expect(connection.isOpen && connection.hello.boot).toBe(boot);
}, 60_000);
