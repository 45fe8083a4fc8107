import type { StoredEvent } from "../src/run-events.js";
import { type TestBackbone, testBackbone } from "./support/backbone.js";
import { until } from "./support/home.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

async function all(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

test("events of a run come back in order, from any position, without those of other runs", async () => {
  const { events } = bb.backbone;
  const seqs: number[] = [];
  for (let i = 0; i < 10; i++) {
    seqs.push(await events.append("order", "step", { i }, { id: `e${i}` }));
    await events.append("noise", "step", { i });
  }
  const read = await all(events.read("order"));
  expect(read.map((event) => event.seq)).toEqual(seqs);
  expect(read.map((event) => event.data)).toEqual(seqs.map((_, i) => ({ i })));
  expect(read[0]).toMatchObject({ runId: "order", id: "e0", type: "step" });
  expect(Math.abs(Date.parse(read[0]?.time ?? "") - Date.now())).toBeLessThan(60_000);

  const later = await all(events.read("order", { from: seqs[7] }));
  expect(later.map((event) => event.id)).toEqual(["e7", "e8", "e9"]);
  expect(await all(events.read("order", { from: (seqs[9] ?? 0) + 1 }))).toEqual([]);
  expect(await all(events.read("never"))).toEqual([]);
});

test("the events of all runs come in one order, from a position on and as they are made", async () => {
  const { events } = bb.backbone;
  await events.append("all-old", "step", 0);
  const position = await events.lastPosition();
  await events.append("all-a", "step", 1);
  await events.append("all-b", "step", 2);
  const controller = new AbortController();
  const seen: [string, unknown][] = [];
  for await (const event of events.followAll({ from: position + 1, signal: controller.signal })) {
    seen.push([event.runId, event.data]);
    if (seen.length === 2) await events.append("all-a", "step", 3);
    if (seen.length === 3) controller.abort();
  }
  expect(seen).toEqual([
    ["all-a", 1],
    ["all-b", 2],
    ["all-a", 3],
  ]);
});

test("an id is stored once, also by another process and long after", async () => {
  const { events } = bb.backbone;
  const first = await events.append("once", "a", 1, { id: "x" });
  await events.append("once", "a", 2, { id: "y" });
  expect(await events.append("once", "a", "changed", { id: "x" })).toBe(first);
  // Another owner, which knows nothing of what this one has in memory, past the server's own memory of ids.
  const { Backbone } = await import("../src/backbone.js");
  const url = bb.backbone.server?.url.replace("nats://", `nats://${user()}@`);
  await using other = await Backbone.open({ home: bb.home, url });
  expect(await other.events.append("once", "a", "again", { id: "x" })).toBe(first);
  await other.events.append("once", "a", 3, { id: "z" });
  await events.append("once", "a", 4, { id: "w" }); // Somebody else wrote in between.
  const { data } = { data: (await all(events.read("once"))).map((event) => event.data) };
  expect(data).toEqual([1, 2, 3, 4]);
});

function user(): string {
  const { user, password } = bb.backbone.server?.credentials ?? { user: "", password: "" };
  return `${user}:${password}`;
}

test("appends at once keep the order in which they were made", async () => {
  const { events } = bb.backbone;
  await Promise.all(Array.from({ length: 200 }, (_, i) => events.append("many", "n", i, { id: String(i % 100) })));
  expect((await all(events.read("many"))).map((event) => event.data)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("a follower gets what was and what comes, and ends when told", async () => {
  const { events } = bb.backbone;
  await events.append("live", "n", 0);
  const stop = new AbortController();
  const seen: unknown[] = [];
  const following = (async () => {
    for await (const event of events.follow("live", { signal: stop.signal })) seen.push(event.data);
  })();
  await until(() => seen.length === 1);
  const started = performance.now();
  await events.append("live", "n", 1);
  await until(() => seen.length === 2);
  expect(performance.now() - started).toBeLessThan(1_000);
  stop.abort();
  await following;
  expect(seen).toEqual([0, 1]);
});

test("kill -9 of nats-server in the middle of appending: nothing acknowledged is lost, nothing is doubled", async () => {
  const { events } = bb.backbone;
  const stop = new AbortController();
  const live: unknown[] = [];
  const following = (async () => {
    for await (const event of events.follow("crash", { signal: stop.signal })) live.push(event.data);
  })();
  const acknowledged: number[] = [];
  const appending = (async () => {
    for (let i = 0; i < 1_500; i++) {
      await events.append("crash", "n", i, { id: `c${i}` });
      acknowledged.push(i);
    }
  })();
  for (const at of [200, 600, 1_000]) {
    await until(() => acknowledged.length > at, 30_000);
    bb.kill();
  }
  await appending;
  const expected = Array.from({ length: 1_500 }, (_, i) => i);
  expect((await all(events.read("crash"))).map((event) => event.data)).toEqual(expected);
  await until(() => live.length >= 1_500, 15_000);
  expect(live).toEqual(expected);
  stop.abort();
  await following;
  expect(bb.events.filter((event) => event.type === "exited")).toHaveLength(3);
});

test("bad names and sizes are refused with a reason", async () => {
  const { events } = bb.backbone;
  expect(() => events.append("a.b", "n", 1)).toThrow("run id");
  expect(() => events.append("", "n", 1)).toThrow("run id");
  await expect(events.append("big", "n", "x".repeat(2 * 1024 * 1024))).rejects.toMatchObject({ code: "too_large" });
  await events.append("big", "n", "fits");
});

test("whoever was overtaken is refused, in this process and in another, and stores nothing", async () => {
  const { events } = bb.backbone;
  const { Backbone } = await import("../src/backbone.js");
  const url = bb.backbone.server?.url.replace("nats://", `nats://${user()}@`);
  await using other = await Backbone.open({ home: bb.home, url });
  await events.append("fence", "n", 1, { epoch: 1 });
  await other.events.append("fence", "n", 2, { epoch: 2 });
  // This one has seen nothing of that yet.
  await expect(events.append("fence", "n", 3, { epoch: 1, id: "late" })).rejects.toMatchObject({ code: "fenced" });
  await expect(other.events.append("fence", "n", 4, { epoch: 1 })).rejects.toMatchObject({ code: "fenced" });
  // What a person asks for has no epoch.
  await events.append("fence", "asked", 5);
  await events.append("fence", "n", 6, { epoch: 2 });
  await using late = await Backbone.open({ home: bb.home, url });
  await expect(late.events.append("fence", "n", 7, { epoch: 1 })).rejects.toMatchObject({ code: "fenced" });
  expect((await all(events.read("fence"))).map((event) => event.data)).toEqual([1, 2, 5, 6]);
});
