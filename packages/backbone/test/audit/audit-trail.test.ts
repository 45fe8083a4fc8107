import { jetstreamManager } from "@nats-io/jetstream";
import { type TestBackbone, testBackbone } from "../support/backbone.js";
import { until } from "../support/home.js";

let bb: TestBackbone;
beforeAll(async () => {
  bb = await testBackbone();
});
afterAll(async () => {
  await bb[Symbol.asyncDispose]();
});

async function stored(agent: string): Promise<{ n?: number; lost?: number }[]> {
  await using reader = await bb.backbone.audit();
  const entries: object[] = [];
  for await (const entry of reader.read(agent)) entries.push(entry as object);
  return entries;
}

test("records are stored by agent, over a kill of the server, and writing one takes no time", async () => {
  const losses: number[] = [];
  {
    await using audit = await bb.backbone.audit({ onLoss: (lost) => losses.push(lost) });
    for (let n = 0; n < 50; n++) audit.record("main", { n });
    bb.kill();
    for (let n = 50; n < 100; n++) audit.record(n % 2 === 0 ? "main" : "lab.one", { n });
    await until(async () => (await stored("main")).length + (await stored("lab.one")).length === 100, 20_000);
  }
  const numbers = (await stored("main")).map(({ n }) => n ?? -1).sort((a, b) => a - b);
  expect(numbers.filter((n) => n < 50)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(losses).toEqual([]);
}, 40_000);

test("what NATS does not take is lost, counted and said: in the next record, and to whoever asks", async () => {
  const losses: number[] = [];
  const manager = await jetstreamManager(bb.backbone.connection);
  await using audit = await bb.backbone.audit({ onLoss: (lost) => losses.push(lost) });
  // A record that the server refuses for good, instead of one that it is too late for: that takes 20 s to find out.
  await manager.streams.update("VIBEWRITER_AUDIT", { max_msg_size: 200 });
  audit.record("lossy", { text: "x".repeat(500) });
  audit.record("lossy", { text: "y".repeat(500) });
  await new Promise((resolve) => setTimeout(resolve, 500));
  audit.record("lossy", { n: 1 });
  await until(async () => (await stored("lossy")).length === 1);
  expect(await stored("lossy")).toEqual([{ n: 1, lost: 2 }]);
  expect(losses).toEqual([2]);
  // More at once than may wait.
  for (let n = 0; n < 6_000; n++) audit.record("lossy", { n });
  await audit[Symbol.asyncDispose]();
  audit.record("lossy", { n: "after the end" });
  const kept = (await stored("lossy")).length - 1;
  expect(kept).toBeLessThan(6_000);
  const accounted = kept + losses.reduce((sum, lost) => sum + lost, 0);
  expect(accounted).toBeLessThanOrEqual(6_002);
  // Of what is under way at the end nobody can say yet whether it is stored.
  expect(accounted).toBeGreaterThanOrEqual(6_002 - 8);
}, 60_000);
