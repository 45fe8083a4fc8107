import type { Effect } from "../src/effect.js";
import { type TestBackbone, testBackbone } from "./support/backbone.js";
import { until } from "./support/home.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
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
  const { effects } = bb.backbone;
  const tries = await Promise.all(
    Array.from({ length: 20 }, (_, i) => effects.publish("kb.publish.new", "same", { attempt: i })),
  );
  expect(tries.filter((t) => t.first)).toHaveLength(1);
  const winner = tries.find((t) => t.first);
  for (const t of tries) expect(t).toMatchObject({ seq: winner?.seq, effect: winner?.effect });
  expect(await effects.publish("kb.publish.new", "same", "later")).toEqual({ ...winner, first: false });
  expect(await effects.get("kb.publish.new", "same")).toEqual(winner?.effect);
  expect(await effects.get("kb.publish.new", "other")).toBe(undefined);
  expect((await all(effects.read("kb.publish.new"))).filter((e) => e.key === "same")).toHaveLength(1);
});

test("different keys and subjects are different effects, in one order", async () => {
  const { effects } = bb.backbone;
  const a = await effects.publish("citation.new.a1", "k", 1);
  const b = await effects.publish("citation.new.a2", "k", 2);
  const c = await effects.publish("kb.publish.new", "k", 3);
  expect([a.first, b.first, c.first]).toEqual([true, true, true]);
  const read = await all(effects.read(["kb.publish.new", "citation.new.*"], { from: a.seq }));
  expect(read.map((e) => [e.subject, e.payload])).toEqual([
    ["citation.new.a1", 1],
    ["citation.new.a2", 2],
    ["kb.publish.new", 3],
  ]);
  expect((await all(effects.read("citation.new.a2"))).map((e) => e.payload)).toEqual([2]);
});

test("what is no effect is refused", async () => {
  const { effects } = bb.backbone;
  await expect(effects.publish("kb.publish", "k", 1)).rejects.toMatchObject({ code: "invalid" });
  await expect(effects.publish("citation.new.*", "k", 1)).rejects.toMatchObject({ code: "invalid" });
  await expect(effects.publish("citation.new.a.b", "k", 1)).rejects.toMatchObject({ code: "invalid" });
});

test("once, also while nats-server is killed", async () => {
  const { effects } = bb.backbone;
  for (let round = 0; round < 3; round++) {
    const publishing = Array.from({ length: 20 }, (_, i) =>
      effects.publish("kb.publish.new", `k${round}-${i % 10}`, i),
    );
    bb.kill();
    const done = await Promise.all(publishing);
    expect(done.filter((d) => d.first)).toHaveLength(10);
    await until(() => bb.backbone.server?.pid !== undefined);
  }
  const keys = (await all(effects.read("kb.publish.new"))).map((e) => e.key).filter((key) => key.startsWith("k"));
  expect(new Set(keys).size).toBe(keys.length);
});

test("a projection applies each effect once, from its position, past errors, and says when it has caught up", async () => {
  const { effects } = bb.backbone;
  const applied: unknown[] = [];
  const errors: unknown[] = [];
  let fail = true;
  const { seq } = await effects.publish("citation.new.p", "p1", "one");
  await using projection = effects.project("test", "citation.new.p", {
    position: 0,
    apply(effect) {
      if (effect.payload === "two" && fail) {
        fail = false;
        throw new Error("disk full");
      }
      applied.push(effect.payload);
    },
    onError: (error) => errors.push(error),
  });
  await projection.caughtUp();
  expect(projection.position).toBe(seq);
  await effects.publish("citation.new.p", "p2", "two");
  await effects.publish("citation.new.p", "p1", "one again");
  bb.kill();
  const last = await effects.publish("citation.new.p", "p3", "three");
  await projection.caughtUp({ seq: last.seq });
  expect(applied).toEqual(["one", "two", "three"]);
  expect(errors).toHaveLength(1);

  const later: unknown[] = [];
  await using resumed = effects.project("resumed", "citation.new.p", {
    position: seq,
    apply: (effect) => void later.push(effect.payload),
  });
  await resumed.caughtUp();
  expect(later).toEqual(["two", "three"]);
});

test("a projection that is closed lets its waiters go", async () => {
  const projection = bb.backbone.effects.project("closing", "kb.publish.new", { position: 0, apply: () => undefined });
  await projection.caughtUp();
  const waiting = projection.caughtUp({ seq: projection.position + 1_000 });
  const outcome = expect(waiting).rejects.toMatchObject({ code: "closed" });
  await projection.close();
  await outcome;
});
