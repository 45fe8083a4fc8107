import { randomBytes } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Backbone } from "../src/backbone.js";
import { dialJetStream } from "../src/connection/suitable.js";
import { tierOf, tierWarning } from "../src/server/nats-binary.js";
import { temporaryHome } from "./support/home.js";
import { oldServer, standIn } from "./support/old-server.js";

/** Servers that old are not to be had: what greets here only says that it is one. */
describe("what says that it is of version", () => {
  test.each(["2.8.4", "1.4.1"])("%s is refused as too old, with the version to use", async (version) => {
    await using server = await standIn(version);
    const opened = Backbone.open({ home: "", url: server.url });
    await expect(opened).rejects.toMatchObject({
      code: "too_old",
      message: expect.stringMatching(/is too old; use nats-server 2\.12 or later/),
    });
  });

  test.each([
    ["2.9.10", "the last two minutes"],
    ["2.10.27", "read more slowly"],
    ["2.11.3", "read more slowly"],
  ])("%s is let in, and warned about as the degraded tier", async (version, cost) => {
    await using server = await standIn(version);
    const connection = await dialJetStream({ url: server.url });
    await connection.close();
    expect(tierOf(version)).toBe("degraded");
    expect(tierWarning(version)).toContain(`nats-server ${version} is the degraded tier`);
    expect(tierWarning(version)).toContain(cost);
  });

  test("2.8.4 is not started in a home either", async () => {
    await using home = await temporaryHome();
    const path = join(home.path, "nats-server");
    await writeFile(path, "#!/bin/sh\necho nats-server: v2.8.4\n");
    await chmod(path, 0o755);
    process.env.NATS_SERVER_BIN = path;
    await expect(Backbone.open({ home: home.path })).rejects.toMatchObject({
      code: "too_old",
      message: expect.stringContaining(path),
    });
  });
});

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
    expect((await backbone.status()).server).toMatchObject({
      version: server.binary.version,
      tier: "degraded",
      warning: backbone.warning,
    });
    expect(backbone.warning).toContain("is the degraded tier");

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
