import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LocalCluster } from "../../../deploy/drill/cluster.mjs";
import { Backbone } from "../src/backbone.js";
import { natsBinary, temporaryHome, until } from "./support/home.js";

describe("a cluster of three", () => {
  let cluster: LocalCluster;
  let backbone: Backbone;
  beforeAll(async () => {
    const home = await temporaryHome();
    cluster = await LocalCluster.start({ binary: (await natsBinary()).path });
    backbone = await Backbone.open({ home: home.path, url: cluster.url });
  });
  afterAll(async () => {
    await backbone?.close();
    await cluster?.close();
  });

  const leaderOf = async (stream: string) => {
    const { streams } = await backbone.status();
    return String(streams.find(({ name }) => name === stream)?.leader);
  };
  const hasAllCopies = async () => {
    const { streams } = await backbone.status();
    return streams.every(({ leader, copies }) => leader !== undefined && copies.every(({ isCurrent }) => isCurrent));
  };

  test("keeps three copies of everything, and says where they are", async () => {
    await backbone.records("RECORDS", z.string());
    const { server, replicas, streams } = await backbone.status();
    expect(server).toMatchObject({ cluster: "vibewriter", tier: "full" });
    expect(replicas).toBe(3);
    expect(streams.map(({ name }) => name)).toContain("KV_RECORDS");
    for (const { name, copies } of streams) expect(copies, name).toHaveLength(2);
  });

  test("what was written is read at once, whichever server is asked", async () => {
    const records = await backbone.records("RECORDS", z.string());
    for (let n = 0; n < 20; n++) {
      await records.put("key", `value ${n}`);
      expect((await records.get("key"))?.value).toBe(`value ${n}`);
      await backbone.events.append("run-1", "step", { n }, { id: `e${n}` });
      const ids: string[] = [];
      for await (const { id } of backbone.events.read("run-1")) ids.push(id);
      expect(ids).toHaveLength(n + 1);
    }
  });

  test("a leader that dies in the middle of writing costs nothing but time", { timeout: 90_000 }, async () => {
    const effects = await backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new"]);
    const leader = await leaderOf("VIBEWRITER_EFFECTS");
    const keys = Array.from({ length: 40 }, (_, n) => `key ${n}`);
    for (const [n, key] of keys.entries()) {
      if (n === 20) await cluster.kill(leader);
      expect((await effects.publishEffect(key, { subject: "kb.publish.new", payload: { n } })).first).toBe(true);
    }
    const stored: string[] = [];
    for await (const effect of effects.read()) stored.push(effect.key);
    expect(stored).toEqual(keys);
    await cluster.run(leader);
    await until(hasAllCopies, 60_000);
  });

  test("who listens hears on when the server that its consumer was on stays away", { timeout: 90_000 }, async () => {
    const { server } = await backbone.status();
    const [away = ""] = cluster.names.filter((name: string) => name !== server.name);
    const listening = new AbortController();
    setMaxListeners(12, listening.signal);
    // Their consumers are on any of the three.
    const heard = Array.from({ length: 12 }, async (_, n) => {
      const records = await backbone.records("RECORDS", z.string());
      for await (const { value } of records.watch({ signal: listening.signal })) if (value === "news") return n;
      return undefined;
    });
    await until(async () => {
      const streams = (await backbone.status()).streams;
      return streams.find(({ name }) => name === "KV_RECORDS")?.consumers.length === 12;
    }, 20_000);
    await cluster.kill(away);
    await (await backbone.records("RECORDS", z.string())).put("key", "news");
    expect(await Promise.race([Promise.all(heard), sleep(40_000)])).toEqual(Array.from({ length: 12 }, (_, n) => n));
    listening.abort();
    await cluster.run(away);
    await until(hasAllCopies, 60_000);
  });

  test("without a majority a call says so, and does its work once when there is one again", {
    timeout: 120_000,
  }, async () => {
    const [first = "", second = ""] = cluster.names;
    await Promise.all([cluster.kill(first), cluster.kill(second)]);
    const write = () => backbone.events.append("run-2", "step", {}, { id: "once" });
    await expect(write()).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(/try again/) });
    await Promise.all([cluster.run(first), cluster.run(second)]);
    await until(
      () =>
        write().then(
          () => true,
          () => false,
        ),
      60_000,
    );
    await write();
    const ids: string[] = [];
    for await (const { id } of backbone.events.read("run-2")) ids.push(id);
    expect(ids).toEqual(["once"]);
  });
});
