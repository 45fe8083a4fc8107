import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery } from "../src/tasks/delivery.js";
import { type TestBackbone, testBackbone } from "./support/backbone.js";
import { until } from "./support/home.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

async function taken(queue: "pool.a" | "pool.b" | "host.h"): Promise<Delivery> {
  const delivery = await bb.backbone.tasks.take(queue);
  if (delivery === undefined) throw new Error(`There is no task in ${queue}.`);
  return delivery;
}

test("a task is one, however often it is submitted; its newest submission is the one that counts", async () => {
  const { tasks } = bb.backbone;
  await tasks.submit("pool.a", "run-1", "1");
  await tasks.submit("pool.a", "run-1", "1");
  await tasks.submit("pool.a", "run-1", "2");
  expect(await tasks.has("pool.a", "run-1")).toBe(true);
  const first = await taken("pool.a");
  expect(first).toMatchObject({ queue: "pool.a", id: "run-1", submission: "2", deliveries: 1, redelivered: false });
  expect(await tasks.take("pool.a")).toBeUndefined();
  await first.ack();
  await first.ack(); // Once more changes nothing.
  expect(await tasks.has("pool.a", "run-1")).toBe(false);
  await tasks.submit("pool.a", "run-1", "2"); // Long done.
  expect(await tasks.take("pool.a")).toBeUndefined();
});

test("queues are apart: who pulls one gets nothing of another", async () => {
  const { tasks } = bb.backbone;
  await tasks.submit("pool.b", "run-2", "1");
  await tasks.submit("host.h", "run-3", "1");
  expect(await tasks.take("pool.a")).toBeUndefined();
  const [b, h] = [await taken("pool.b"), await taken("host.h")];
  expect([b.id, h.id]).toEqual(["run-2", "run-3"]);
  expect((await tasks.stats()).filter(({ queue }) => queue !== "pool.a")).toEqual([
    { queue: "host.h", waiting: 0, underWay: 1, redelivered: 0 },
    { queue: "pool.b", waiting: 0, underWay: 1, redelivered: 0 },
  ]);
  await b.ack();
  await h.term();
  expect(await tasks.has("host.h", "run-3")).toBe(false);
});

test("a task that is handed back is another's at once, or after the delay", async () => {
  const { tasks } = bb.backbone;
  await tasks.submit("pool.a", "run-4", "1");
  await (await taken("pool.a")).nak();
  const again = await taken("pool.a");
  expect(again).toMatchObject({ deliveries: 2, redelivered: true });
  await again.nak(700);
  expect(await tasks.take("pool.a")).toBeUndefined();
  await sleep(900);
  const last = await taken("pool.a");
  expect(last.deliveries).toBe(3);
  await last.ack();
});

test("a task that is withdrawn while somebody has it is gone, and his answer changes nothing", async () => {
  const { tasks } = bb.backbone;
  await tasks.submit("pool.a", "run-5", "1");
  const held = await taken("pool.a");
  await tasks.withdraw("pool.a", "run-5");
  await held.nak();
  expect(await tasks.take("pool.a")).toBeUndefined();
});

test("news of a task wakes who waits for it, over a restart of the server", async () => {
  const { tasks } = bb.backbone;
  const stop = new AbortController();
  let woken = 0;
  const waiting = (async () => {
    for await (const _ of tasks.news(["pool.a", "host.h"], stop.signal)) woken++;
  })();
  await tasks.submit("host.h", "run-6", "1");
  await until(() => woken > 0);
  bb.kill();
  const before = woken;
  await tasks.submit("pool.a", "run-7", "1");
  await until(() => woken > before);
  stop.abort();
  await waiting;
  for (const queue of ["host.h", "pool.a"] as const) {
    let delivery: Delivery | undefined;
    await until(async () => {
      // The first question to a server that has just come back may go unanswered.
      delivery ??= await tasks.take(queue).catch(() => undefined);
      return delivery !== undefined;
    });
    await delivery?.ack();
  }
});

test("what is held stays held, over a restart of the server; what nobody holds is delivered again after 30 s", async () => {
  const { tasks } = bb.backbone;
  await tasks.submit("pool.a", "held", "1");
  await tasks.submit("pool.a", "dropped", "1");
  const [held, dropped] = [await taken("pool.a"), await taken("pool.a")];
  expect([held.id, dropped.id]).toEqual(["held", "dropped"]);
  dropped[Symbol.dispose]();
  // What the server knows of deliveries is on its disk a moment later: killed before that it delivers again what is held.
  await sleep(2_000);
  const started = performance.now();
  bb.kill();
  await until(async () => (await tasks.stats()).length > 0);
  let again: Delivery | undefined;
  await until(async () => {
    again ??= await tasks.take("pool.a");
    return again !== undefined;
  }, 45_000);
  expect(again).toMatchObject({ id: "dropped", deliveries: 2 });
  expect(performance.now() - started).toBeGreaterThan(20_000);
  expect(held.unconfirmedMs).toBeLessThan(20_000);
  expect(await tasks.take("pool.a")).toBeUndefined();
  // The answer of the one that lost it takes the task from the one that has it: an acknowledgement is not a lease.
  await dropped.ack();
  expect(await tasks.has("pool.a", "dropped")).toBe(false);
  again?.[Symbol.dispose]();
  await held.ack();
}, 90_000);

test("bad names are refused with a reason", async () => {
  const { tasks } = bb.backbone;
  await expect(tasks.submit("pool.a.b", "run", "1")).rejects.toThrow("is no queue");
  await expect(tasks.submit("pool.*", "run", "1")).rejects.toThrow("is no queue");
  await expect(tasks.submit("pool.a", "run 1", "1")).rejects.toThrow("id of a task");
});
