import type { Effect } from "../../src/effects/effect.js";
import type { EffectStream } from "../../src/effects/effect-stream.js";
import { BackboneError } from "../../src/errors.js";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { until } from "../support/home.js";

let bb: TestBackbone;
let effects: EffectStream;
beforeAll(async () => {
  bb = await testBackbone();
  effects = await bb.backbone.effects("TEST_EFFECTS", ["test.*"]);
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

let made = 0;
/** Publishes payloads on a subject of their own; returns its name and their sequences. */
async function published(...payloads: unknown[]): Promise<{ kind: string; seqs: number[] }> {
  made += 1;
  const kind = `test.t${made}`;
  const seqs: number[] = [];
  for (const payload of payloads)
    seqs.push((await effects.publishEffect(String(payload), { subject: kind, payload })).seq);
  return { kind, seqs };
}

/** A message on one of those subjects that is no effect, as a foreign program may leave it. */
async function garbage(kind: string): Promise<void> {
  await bb.backbone.connection.request(`${kind}.garbage`, "this is no JSON");
}

test("applies each effect once, from its position, past errors and a restart, and says when it has caught up", async () => {
  const applied: unknown[] = [];
  const errors: unknown[] = [];
  let fail = true;
  const { kind, seqs } = await published("one");
  await using projection = bb.backbone.project(effects, {
    name: "past-errors",
    kinds: [kind],
    position: 0,
    apply(effect) {
      if (effect.payload === "two" && fail) {
        fail = false;
        throw new Error("not now");
      }
      applied.push(effect.payload);
    },
    onError: (error) => errors.push(error),
  });
  await projection.caughtUp();
  expect(projection.position).toBe(seqs[0]);
  await effects.publishEffect("two", { subject: kind, payload: "two" });
  await effects.publishEffect("one", { subject: kind, payload: "one again" });
  bb.kill();
  const last = await effects.publishEffect("three", { subject: kind, payload: "three" });
  await projection.caughtUp({ seq: last.seq });
  expect(applied).toEqual(["one", "two", "three"]);
  expect(errors).toHaveLength(1);

  const later: unknown[] = [];
  await using resumed = bb.backbone.project(effects, {
    name: "resumed",
    kinds: [kind],
    position: seqs[0] ?? 0,
    apply: (effect) => void later.push(effect.payload),
  });
  await resumed.caughtUp();
  expect(later).toEqual(["two", "three"]);
});

test("a projection that is closed lets its waiters go", async () => {
  const projection = bb.backbone.project(effects, { name: "closing", position: 0, apply: () => undefined });
  await projection.caughtUp();
  const waiting = projection.caughtUp({ seq: projection.position + 1_000 });
  const outcome = expect(waiting).rejects.toMatchObject({ code: "closed" });
  await projection.close();
  await outcome;
});

describe.each([{ place: "itself" }, { place: "the server" }])("with its position on $place", ({ place }) => {
  const position = place === "itself" ? { position: 0 } : {};
  const name = place.replace(" ", "-");

  test("poison in the middle stalls nothing, and is applied late once its handler is mended", async () => {
    const { deadLetters } = bb.backbone;
    const { kind } = await published("one", "poison");
    await garbage(kind);
    const last = await effects.publishEffect("three", { subject: kind, payload: "three" });
    const applied: [unknown, boolean][] = [];
    const failed: object[] = [];
    let mended = false;
    await using projection = bb.backbone.project(effects, {
      ...position,
      name: `poison-${name}`,
      kinds: [kind],
      tries: 2,
      apply(effect, { late }) {
        if (effect.payload === "poison" && !mended) throw new Error("I choke on this.");
        applied.push([effect.payload, late]);
      },
      onError: (_, o) => failed.push(o),
    });
    await projection.caughtUp({ seq: last.seq });
    expect(applied).toEqual([
      ["one", false],
      ["three", false],
    ]);
    const mine = (await deadLetters.list()).filter(({ by }) => by === `poison-${name}`);
    expect(mine).toMatchObject([
      { kind: "projection", stream: "TEST_EFFECTS", seq: last.seq - 2, tries: 2, reason: "I choke on this." },
      { subject: `${kind}.garbage`, seq: last.seq - 1, tries: 1, reason: expect.stringContaining("cannot be read") },
    ]);
    const [poison, unreadable] = mine.map(({ id }) => id);
    expect(failed).toEqual([
      { seq: last.seq - 2, tries: 1 },
      { seq: last.seq - 2, tries: 2, letter: poison },
      { seq: last.seq - 1, tries: 1, letter: unreadable },
    ]);
    await expect(projection.caughtUp({ seq: last.seq - 2 })).rejects.toMatchObject({ code: "dead_letter" });

    expect(await deadLetters.retry(poison ?? "")).toBe("failed");
    expect(await deadLetters.get(poison ?? "")).toMatchObject({ tries: 3, state: "dead" });
    mended = true;
    const twice = await Promise.all([deadLetters.retry(poison ?? ""), deadLetters.retry(poison ?? "")]);
    expect(twice).toEqual(["applied", "applied"]);
    expect(applied.slice(2)).toEqual([["poison", true]]);
    await expect(deadLetters.retry(poison ?? "")).rejects.toMatchObject({ code: "not_found" });
    await projection.caughtUp({ seq: last.seq - 2 });

    expect(await deadLetters.retry(unreadable ?? "")).toBe("failed");
    await deadLetters.drop(unreadable ?? "");
    await expect(deadLetters.drop(unreadable ?? "")).rejects.toMatchObject({ code: "not_found" });
    expect((await deadLetters.list()).filter(({ by }) => by === `poison-${name}`)).toEqual([]);
  });

  test("what is asked for while it does not run is applied when it does; what was dropped never", async () => {
    const { deadLetters } = bb.backbone;
    const { kind } = await published("asked", "dropped", "good");
    const applied: unknown[] = [];
    let mended = false;
    const open = () =>
      bb.backbone.project(effects, {
        ...position,
        name: `away-${name}`,
        kinds: [kind],
        tries: 1,
        apply({ payload }) {
          if (payload !== "good" && !mended) throw new Error("Not yet.");
          applied.push(payload);
        },
      });
    {
      await using first = open();
      await first.caughtUp();
    }
    const [asked, dropped] = (await deadLetters.list()).filter(({ by }) => by === `away-${name}`).map(({ id }) => id);
    expect(await deadLetters.retry(asked ?? "", 300)).toBe("asked");
    await deadLetters.drop(dropped ?? "");
    mended = true;
    await using second = open();
    await until(async () => !(await deadLetters.list()).some(({ id }) => id === asked));
    if (place === "itself") await second.caughtUp();
    // From its own position 0 it applies all again, in order; from the server's only what is missing.
    expect(applied).toEqual(place === "itself" ? ["good", "asked", "good"] : ["good", "asked"]);
  });
});

test("an error that no message is to blame for is waited out", async () => {
  const { kind } = await published("one");
  const applied: unknown[] = [];
  const errors = [
    new BackboneError("unavailable", "NATS is away."),
    Object.assign(new Error("write failed"), { code: "ENOSPC" }),
    new Error("my database is away"),
  ];
  await using projection = bb.backbone.project(effects, {
    name: "patient",
    kinds: [kind],
    position: 0,
    tries: 1,
    apply(effect) {
      const error = errors.shift();
      if (error) throw error;
      applied.push(effect.payload);
    },
    waitsFor: (error) => error instanceof Error && error.message.startsWith("my database"),
  });
  await projection.caughtUp();
  expect(applied).toEqual(["one"]);
  expect((await bb.backbone.deadLetters.list()).filter(({ by }) => by === "patient")).toEqual([]);
});

test("two that share a position on the server apply each effect, in order, over restarts of it", async () => {
  const { kind } = await published();
  const applied = new Set<unknown>();
  let calls = 0;
  const apply = ({ payload }: Effect) => {
    calls += 1;
    applied.add(payload); // As every handler without a position of its own: again is as good as once.
  };
  const open = () => bb.backbone.project(effects, { name: "shared", kinds: [kind], apply });
  await using _one = open();
  await using _two = open();
  for (let i = 0; i < 40; i++) {
    await effects.publishEffect(String(i), { subject: kind, payload: i });
    if (i === 15) bb.kill();
  }
  await until(() => applied.size === 40, 60_000);
  expect([...applied]).toEqual(Array.from({ length: 40 }, (_, i) => i));
  // What was applied when the server died, and could not be acknowledged.
  expect(calls).toBeLessThanOrEqual(41);
}, 90_000);
