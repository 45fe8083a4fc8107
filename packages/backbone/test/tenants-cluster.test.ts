import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalCluster } from "../../../deploy/drill/cluster.mjs";
import { Backbone } from "../src/backbone.js";
import { dial } from "../src/connection/dial.js";
import { CHOIR_KINDS, CHOIR_STREAM } from "../src/tenants/accounts.js";
import { keepChoir } from "../src/tenants/embedded.js";
import { eraseAccount } from "../src/tenants/erase.js";
import { prepareAccount } from "../src/tenants/prepare.js";
import { Tenants } from "../src/tenants/tenants.js";
import { natsBinary, temporaryHome, until } from "./support/home.js";

/** What `vibewriter tenant ... --config tenants.conf` does on servers of an operator's own, on three of them. */
describe("the file that a cluster of three includes", () => {
  let home: Awaited<ReturnType<typeof temporaryHome>>;
  let cluster: LocalCluster;
  let tenants: Tenants;
  const at = (...names: string[]) => join(home.path, ...names);
  const reload = async () => await cluster.reload("tenants.conf", await readFile(at("tenants.conf"), "utf8"));
  const as = (nkeyFile: string) => ({
    url: cluster.ports.map((port: number) => `nats://127.0.0.1:${port}`).join(","),
    credentials: { nkeyFile },
  });

  beforeAll(async () => {
    home = await temporaryHome();
    const files = {
      registerPath: at("tenants.json"),
      includePath: at("tenants.conf"),
      keeperPath: at("choir.nk"),
    };
    await Tenants.enable(files);
    tenants = new Tenants({ ...files, apply: async () => undefined });
    cluster = await LocalCluster.start({
      binary: (await natsBinary()).path,
      files: {
        "security.conf": "include accounts.conf\n",
        "cluster-security.conf": "",
        "accounts.conf": await readFile(new URL("../../../deploy/nats/accounts.conf", import.meta.url), "utf8"),
        "tenants.conf": await readFile(files.includePath, "utf8"),
      },
    });
  });
  afterAll(async () => {
    await cluster?.close();
    await home?.[Symbol.asyncDispose]();
  });

  test("gives a tenant three copies of everything, whatever it publishes to all, and nothing once it is purged", {
    timeout: 180_000,
  }, async () => {
    await tenants.add("acme", { folder: at("acme"), limits: { storageBytes: 2 ** 30 } });
    await reload();
    await keepChoir(as(at("choir.nk")));
    await prepareAccount(as(at("acme", "operator.nk")), async () => undefined);
    {
      await using worker = await Backbone.open({ ...as(at("acme", "worker.nk")), home: "" });
      const { streams, replicas } = await worker.status();
      expect(replicas).toBe(3);
      expect(streams.length).toBeGreaterThan(12);
      for (const { name, copies } of streams) expect(copies, name).toHaveLength(2);
      await worker.events.append("run-1", "step", {}, { id: "e1" });
      // A client's account reaches what a leader on any of the servers keeps.
      await using client = await Backbone.open({ ...as(at("acme", "client.nk")), home: "" });
      await client.events.append("run-1", "asked", {}, { id: "e2" });
      await client.files.put("given", Buffer.alloc(1_500_000, "f"));
      expect((await worker.files.get("given"))?.length).toBe(1_500_000);
      const types = [];
      for await (const { type } of client.events.read("run-1")) types.push(type);
      expect(types).toEqual(["step", "asked"]);
      const effects = await worker.effects(CHOIR_STREAM, CHOIR_KINDS);
      expect(await effects.publishEffect("k", { subject: "kb.publish.new", payload: 1 })).toMatchObject({
        first: true,
      });
    }

    await tenants.revoke("acme");
    const { opened, seedPath } = await tenants.openForPurge("acme", home.path);
    expect(opened).toBe(true);
    const erase = () =>
      tenants.purge("acme", { folder: home.path, erase: async (key) => void (await eraseAccount(as(key), [])) });
    // The servers have not read it yet.
    await expect(erase()).rejects.toMatchObject({ code: "refused" });
    await reload();
    await expect(dial(as(at("acme", "operator.nk")))).rejects.toMatchObject({ code: "refused" });
    const [down = ""] = cluster.names;
    await cluster.kill(down);
    // A server that is away would keep its copies. That is known once the others have not heard of it for 4 s.
    await sleep(6_000);
    await expect(erase()).rejects.toMatchObject({ code: "unavailable" });
    await cluster.run(down);
    await until(
      () =>
        erase().then(
          () => true,
          () => false,
        ),
      60_000,
    );
    expect(await tenants.list()).toEqual([]);
    await expect(readFile(seedPath)).rejects.toThrow("ENOENT");

    // The same name again has nothing of what there was; what was published is everybody's.
    await tenants.add("acme", { folder: at("anew") });
    await reload();
    await using anew = await Backbone.open({ ...as(at("anew", "operator.nk")), home: "" });
    const events = [];
    for await (const event of anew.events.read("run-1")) events.push(event);
    expect(events).toEqual([]);
    const effects = await anew.effects(CHOIR_STREAM, CHOIR_KINDS);
    expect((await effects.get("kb.publish.new", "k"))?.payload).toBe(1);
  });
});
