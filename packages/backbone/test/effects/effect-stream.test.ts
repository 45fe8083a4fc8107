import { jetstreamManager } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Effect } from "../../src/effects/effect.js";
import type { EffectStream } from "../../src/effects/effect-stream.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { until } from "../support/home.js";

const PUBLISH = "kb.publish.new";
let bb: TestBackbone;
let effects: EffectStream;
beforeAll(async () => {
  bb = await testBackbone();
  effects = await bb.backbone.effects("VIBEWRITER_EFFECTS", [PUBLISH, "citation.new.*"]);
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

async function all(effects: AsyncIterable<Effect>): Promise<Effect[]> {
  const found: Effect[] = [];
  for await (const effect of effects) found.push(effect);
  return found;
}

test("an effect happens once under twenty repeats at once, and every repeat learns of the first", async () => {
  const tries = await Promise.all(
    Array.from({ length: 20 }, (_, attempt) =>
      effects.publishEffect("same", { subject: PUBLISH, payload: { attempt } }),
    ),
  );
  expect(tries.filter((t) => t.first)).toHaveLength(1);
  const winner = tries.find((t) => t.first);
  for (const t of tries) expect(t).toMatchObject({ seq: winner?.seq, effect: winner?.effect });
  const later = await effects.publishEffect("same", { subject: PUBLISH, payload: "later" });
  expect(later).toEqual({ ...winner, first: false });
  expect(await effects.get(PUBLISH, "same")).toEqual(winner?.effect);
  expect(await effects.get(PUBLISH, "other")).toBe(undefined);
  expect((await all(effects.read([PUBLISH]))).filter((e) => e.key === "same")).toHaveLength(1);
});

test("once, also when the server has long forgotten the ids of messages", async () => {
  const manager = await jetstreamManager(bb.backbone.connection);
  const short = await bb.backbone.effects("SHORT_MEMORY", ["short.*"]);
  await manager.streams.update("SHORT_MEMORY", { duplicate_window: nanos(100) });
  const first = await short.publishEffect("k", { subject: "short.a", payload: 1 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await short.publishEffect("k", { subject: "short.a", payload: 2 })).toEqual({ ...first, first: false });
  expect(await all(short.read())).toEqual([first.effect]);
});

test("different keys and subjects are different effects, in one order", async () => {
  const a = await effects.publishEffect("k", { subject: "citation.new.a1", payload: 1 });
  const b = await effects.publishEffect("k", { subject: "citation.new.a2", payload: 2 });
  const c = await effects.publishEffect("k", { subject: PUBLISH, payload: 3 });
  expect([a.first, b.first, c.first]).toEqual([true, true, true]);
  const read = await all(effects.read([PUBLISH, "citation.new.*"], { from: a.seq }));
  expect(await all(effects.read(undefined, { from: a.seq }))).toEqual(read);
  expect(read.map((e) => [e.subject, e.payload])).toEqual([
    ["citation.new.a1", 1],
    ["citation.new.a2", 2],
    ["kb.publish.new", 3],
  ]);
  expect((await all(effects.read(["citation.new.a2"]))).map((e) => e.payload)).toEqual([2]);
});

test("what is no effect of the stream is refused", async () => {
  for (const subject of ["kb.publish", "citation.new.*", "citation.new.a.b", "citation.reward.a"]) {
    await expect(effects.publishEffect("k", { subject, payload: 1 })).rejects.toMatchObject({ code: "invalid" });
  }
  await expect(bb.backbone.effects("WRONG", ["a b"])).rejects.toMatchObject({ code: "invalid" });
});

test("once, also while nats-server is killed", async () => {
  for (let round = 0; round < 3; round++) {
    const publishing = Array.from({ length: 20 }, (_, i) =>
      effects.publishEffect(`k${round}-${i % 10}`, { subject: PUBLISH, payload: i }),
    );
    bb.kill();
    const done = await Promise.all(publishing);
    expect(done.filter((d) => d.first)).toHaveLength(10);
    await until(() => bb.backbone.server?.pid !== undefined);
  }
  const keys = (await all(effects.read([PUBLISH]))).map((e) => e.key).filter((key) => key.startsWith("k"));
  expect(new Set(keys).size).toBe(keys.length);
});

test("an effect that must be the next one of its stream is refused when another came before it, and a repetition is not", async () => {
  const ledger = await bb.backbone.effects("TEST_LEDGER", ["posting.new"]);
  const post = (key: string, end: number) =>
    ledger.publishEffect(key, { subject: "posting.new", payload: key }, { end });
  const tries = await Promise.allSettled(["a", "b", "c", "d"].map((key) => post(key, 0)));
  const won = tries.filter((one) => one.status === "fulfilled");
  expect(won).toHaveLength(1);
  const lost = tries.find((one) => one.status === "rejected");
  expect(lost?.reason).toMatchObject({ name: "BackboneError", code: "conflict" });
  const [first] = await all(ledger.read());
  expect(await post("second", first?.seq ?? 0)).toMatchObject({ first: true });
  await expect(post("third", first?.seq ?? 0)).rejects.toMatchObject({ code: "conflict" });
  expect((await all(ledger.read())).map(({ key }) => key)).toEqual([first?.key, "second"]);
});
