import { AckPolicy, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { until } from "../support/home.js";

const STREAM = "VIBEWRITER_TASKS";
let bb: TestBackbone;
let manager: JetStreamManager;
beforeAll(async () => {
  bb = await testBackbone();
  manager = await jetstream(bb.backbone.connection).jetstreamManager();
  await manager.consumers.add(STREAM, {
    durable_name: "offline",
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(200),
    max_deliver: 2,
    filter_subject: "vibewriter.tasks.pool.offline.*",
  });
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

/** Takes each task of the queue and dies over it, until the server gives them up. */
async function dieOverTasks(): Promise<void> {
  const consumer = await jetstream(bb.backbone.connection).consumers.get(STREAM, "offline");
  for (let i = 0; i < 3; i++) {
    for await (const _ of await consumer.fetch({ max_messages: 10, expires: 1_000 })) {
      // Not acknowledged.
    }
  }
}

async function waiting(): Promise<number> {
  return (await manager.streams.info(STREAM)).state.messages;
}

test("a task that nobody finishes becomes a dead letter of its run, out of the queue; retry queues it once more", async () => {
  const { deadLetters, connection } = bb.backbone;
  const js = jetstream(connection);
  await bb.backbone.tasks.submit("pool.offline", "run-1", "first");
  await js.publish("vibewriter.tasks.pool.offline.run-2", "not even JSON");
  await using collecting = await bb.backbone.collectUndelivered();
  await using _other = await bb.backbone.collectUndelivered();
  await dieOverTasks();
  await until(async () => (await deadLetters.list()).length === 2 && (await waiting()) === 0, 20_000);
  const letters = await deadLetters.list();
  expect(letters.map(({ run }) => run).sort()).toEqual(["run-1", "run-2"]);
  const letter = letters.find(({ run }) => run === "run-1");
  expect(letter).toMatchObject({ kind: "task", by: "offline", stream: STREAM, seq: 1, tries: 2, state: "dead" });
  expect(Date.parse(letter?.lastAt ?? "")).toBeGreaterThan(Date.parse(letter?.firstAt ?? ""));

  const outcomes = await Promise.allSettled([deadLetters.retry(letter?.id ?? ""), deadLetters.retry(letter?.id ?? "")]);
  expect(outcomes.some((o) => o.status === "fulfilled" && o.value === "applied")).toBe(true);
  expect(await waiting()).toBe(1);
  const consumer = await js.consumers.get(STREAM, "offline");
  const again = await consumer.next({ expires: 5_000 });
  expect([again?.subject, again?.json()]).toEqual(["vibewriter.tasks.pool.offline.run-1", { submission: "first" }]);
  expect(again?.ack()).toBe(undefined);

  for (const { id } of await deadLetters.list()) await deadLetters.drop(id);
  expect(await deadLetters.list()).toEqual([]);
  await collecting[Symbol.asyncDispose]();
}, 60_000);

test("what the server said while nobody collected is collected later, over a kill of the server", async () => {
  const { deadLetters, connection } = bb.backbone;
  await jetstream(connection).publish("vibewriter.tasks.pool.offline.run-3", "{}");
  await dieOverTasks();
  bb.kill();
  await using _collecting = await bb.backbone.collectUndelivered();
  await until(async () => (await deadLetters.list()).some(({ run }) => run === "run-3"), 30_000);
  await until(async () => (await waiting()) === 0);
}, 60_000);
