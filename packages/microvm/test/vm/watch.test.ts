import type { FileEvent, MicroVM, MicroVMs } from "../../src/index.js";
import { bytes, template, temporaryHome } from "../support/home.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "watched", template, diskMiB: 64 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

/** Watches a folder while `change` is made again and again, until an event is as wanted or the watch ends; gives all events. */
async function eventsUntil(
  folder: string,
  isWanted: (event: FileEvent) => boolean,
  change: (round: number) => Promise<unknown>,
) {
  const stop = new AbortController();
  const seen: FileEvent[] = [];
  const events = vm.watch(folder, { recursive: true, signal: stop.signal });
  let round = 0;
  // Nothing says when the guest has begun to watch: what came before that is not told.
  const pusher = setInterval(() => void change(round++), 200);
  try {
    for await (const event of events) {
      seen.push(event);
      if (isWanted(event)) stop.abort();
    }
  } finally {
    clearInterval(pusher);
  }
  return seen;
}

test("changes by calls and by programs are told, below folders that are new as well", async () => {
  await vm.files.mkdir("/workspace/w", { parents: true });
  const written = await eventsUntil(
    "/workspace/w",
    ({ path }) => path === "/workspace/w/by-call",
    () => vm.files.write("/workspace/w/by-call", bytes("x")),
  );
  expect(written.at(-1)?.kind).toMatch(/created|modified|moved/);
  const below = await eventsUntil(
    "/workspace/w",
    ({ kind }) => kind === "removed",
    (round) =>
      vm.exec({
        command: `mkdir -p /workspace/w/d${round}; echo x > /workspace/w/d${round}/f; sleep 0.1; rm /workspace/w/d${round}/f`,
      }),
  );
  expect(below.some(({ path }) => /^\/workspace\/w\/d\d+\/f$/.test(path))).toBe(true);
});

test("it ends when what is watched is gone, and what is not there cannot be watched", async () => {
  await vm.files.mkdir("/workspace/gone", { parents: true });
  const seen = await eventsUntil(
    "/workspace/gone",
    () => false,
    () => vm.files.remove("/workspace/gone", { recursive: true }).catch(() => undefined),
  );
  expect(seen.every(({ path }) => path === "/workspace/gone")).toBe(true);
  const absent = vm.watch("/workspace/absent")[Symbol.asyncIterator]().next();
  await expect(absent).rejects.toMatchObject({ code: "not_found" });
});

test("leaving a watch lets the guest have it back", async () => {
  await vm.files.mkdir("/workspace/many", { parents: true });
  // The guest keeps 16 at once.
  for (let round = 0; round < 40; round++) {
    const stop = new AbortController();
    const events = vm.watch("/workspace/many", { signal: stop.signal })[Symbol.asyncIterator]();
    const next = events.next();
    await vm.ping();
    stop.abort();
    expect((await next).done).toBe(true);
  }
});

test("metrics count the programs of the VM and its disk", async () => {
  const before = await vm.metrics();
  expect(before).toMatchObject({ processes: expect.any(Number), maxDiskBytes: expect.any(Number) });
  expect(before.uptimeMs).toBeGreaterThan(0);
  expect(before.memoryBytes).toBeLessThan(before.totalMemoryBytes);
  expect(before.totalMemoryBytes).toBeLessThanOrEqual(256 * 1_048_576);
  const running = vm.exec({ command: "sleep 30 & sleep 30 & echo started; sleep 30", operationId: "metrics" });
  const over = expect(running).resolves.toMatchObject({ signal: 9 });
  await vi.waitFor(async () => expect((await vm.metrics()).processes).toBeGreaterThanOrEqual(before.processes + 3), {
    timeout: 10_000,
  });
  await vm.signal("metrics", 9);
  await over;
  await vm.exec({
    command: "head -c 8000000 /dev/zero > /workspace/filled; i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done",
  });
  const after = await vm.metrics();
  expect((after.diskBytes ?? 0) - (before.diskBytes ?? 0)).toBeGreaterThan(7_000_000);
  expect(after.cpuMs).toBeGreaterThan(before.cpuMs);
});
