import { z } from "zod";
import { type TestBackbone, testBackbone } from "./support/backbone.js";
import { until } from "./support/home.js";

const schema = z.object({ n: z.number().int(), note: z.string().optional() });

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

test("get, put, create, list and delete", async () => {
  const records = await bb.backbone.records("basics", schema);
  expect(await records.get("a")).toBe(undefined);
  const revision = await records.create("a", { n: 1 });
  expect(await records.get("a")).toEqual({ key: "a", value: { n: 1 }, revision });
  await expect(records.create("a", { n: 2 })).rejects.toMatchObject({ code: "exists" });
  await records.put("b/c.d", { n: 2, note: "ö" });
  expect((await records.list()).map((r) => [r.key, r.value])).toEqual([
    ["a", { n: 1 }],
    ["b/c.d", { n: 2, note: "ö" }],
  ]);
  await records.delete("a");
  await records.delete("never");
  expect(await records.get("a")).toBe(undefined);
  expect((await records.list()).map((r) => r.key)).toEqual(["b/c.d"]);
  await records.create("a", { n: 3 });
  expect((await records.get("a"))?.value).toEqual({ n: 3 });
});

test("a write with an old revision is a conflict", async () => {
  const records = await bb.backbone.records("cas", schema);
  const first = await records.put("k", { n: 1 });
  const second = await records.put("k", { n: 2 }, { revision: first });
  await expect(records.put("k", { n: 9 }, { revision: first })).rejects.toMatchObject({ code: "conflict" });
  await expect(records.put("k", { n: 9 }, { revision: 0 })).rejects.toMatchObject({ code: "conflict" });
  expect(await records.get("k")).toMatchObject({ value: { n: 2 }, revision: second });
});

test("of racing creates one wins, of racing updates none is lost, also over kill -9", async () => {
  const records = await bb.backbone.records("races", schema);
  const creates = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => records.create("c", { n })));
  expect(creates.filter((c) => c.status === "fulfilled")).toHaveLength(1);

  const increment = () => records.update("u", (now) => ({ n: (now?.n ?? 0) + 1 }));
  await Promise.all(Array.from({ length: 20 }, increment));
  const more = Array.from({ length: 20 }, increment);
  bb.kill();
  await Promise.all(more);
  expect((await records.get("u"))?.value).toEqual({ n: 40 });
  expect(await records.update("u", () => undefined)).toEqual({ n: 40 });
});

test("values and keys are checked", async () => {
  const records = await bb.backbone.records("checks", schema);
  await expect(records.put("k", { n: 1.5 })).rejects.toMatchObject({ code: "invalid" });
  await expect(records.put("bad key", { n: 1 })).rejects.toMatchObject({ code: "invalid" });
  await expect(records.get("a..b")).rejects.toMatchObject({ code: "invalid" });
  const others = await bb.backbone.records("checks", z.object({ other: z.string() }));
  await others.put("k", { other: "x" });
  await expect(records.get("k")).rejects.toThrow("cannot be read by this version");
});

test("a watcher sees what is there and what changes", async () => {
  const records = await bb.backbone.records("watched", schema);
  await records.put("a", { n: 1 });
  const stop = new AbortController();
  const seen: unknown[] = [];
  const watching = (async () => {
    for await (const change of records.watch({ signal: stop.signal })) seen.push([change.key, change.value?.n]);
  })();
  await until(() => seen.length === 1);
  await records.put("b", { n: 2 });
  await records.delete("a");
  await until(() => seen.length === 3);
  expect(seen).toEqual([
    ["a", 1],
    ["b", 2],
    ["a", undefined],
  ]);
  stop.abort();
  await watching;
});
