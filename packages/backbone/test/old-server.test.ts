import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { Backbone } from "../src/backbone.js";
import { temporaryHome } from "./support/home.js";
import { oldServer } from "./support/old-server.js";

/** What everything above stands on, on a server that has none of what came after 2.9: the degraded tier. */
describe("a nats-server before 2.12", async () => {
  const server = await oldServer();
  if (typeof server === "string") {
    test("works as the degraded tier", ({ skip }) => skip(server));
    return;
  }
  afterAll(() => server[Symbol.asyncDispose]());

  test("works as the degraded tier, and says so", { timeout: 120_000 }, async () => {
    process.env.NATS_SERVER_BIN = server.binary.path;
    await using home = await temporaryHome();
    await using backbone = await Backbone.open({ home: home.path });
    expect(backbone.tier).toBe("degraded");
    expect((await backbone.status()).server).toMatchObject({ version: server.binary.version, tier: "degraded" });

    const records = await backbone.records("RECORDS", z.object({ n: z.number() }));
    const revision = await records.create("one", { n: 1 });
    await expect(records.put("one", { n: 2 }, { revision: revision + 1 })).rejects.toMatchObject({ code: "conflict" });
    await records.put("one", { n: 2 }, { revision });
    expect((await records.list()).map(({ value }) => value.n)).toEqual([2]);

    const append = (n: number) => backbone.events.append("run-1", "step", { n }, { id: `e${n % 10}` });
    for (let n = 0; n < 20; n++) await append(n);
    const ids: string[] = [];
    for await (const { id } of backbone.events.read("run-1")) ids.push(id);
    expect(ids).toEqual(Array.from({ length: 10 }, (_, n) => `e${n}`));

    const effects = await backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new", "citation.new.*"]);
    const publish = () => effects.publishEffect("key", { subject: "kb.publish.new", payload: {} });
    const tries = await Promise.all(Array.from({ length: 10 }, publish));
    expect(tries.filter(({ first }) => first)).toHaveLength(1);

    await backbone.tasks.submit("pool.a", "run-1", "1");
    const delivery = await backbone.tasks.take("pool.a");
    expect(delivery).toMatchObject({ id: "run-1", deliveries: 1 });
    await delivery?.ack();
    expect(await backbone.tasks.take("pool.a")).toBeUndefined();

    const bytes = randomBytes(3 * 1024 * 1024);
    await backbone.files.put("agent/one", bytes);
    await backbone.files.put("agent/one", Buffer.from("second"));
    const [first] = await backbone.files.history("agent/one");
    const read = await backbone.files.get("agent/one", { version: first?.version });
    expect(Buffer.compare(read ?? Buffer.of(), bytes)).toBe(0);

    await backbone.backUp(join(home.path, "backup"));
    expect((await backbone.verify()).problems).toEqual([]);
  });
});
