import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Backbone } from "../src/backbone.js";
import { enableTenants } from "../src/tenants/embedded.js";
import { eraseAccount } from "../src/tenants/erase.js";
import { natsBinary, temporaryHome, until } from "./support/home.js";
import { type TestTenants, testTenants } from "./support/tenants.js";

const KINDS = ["kb.publish.new", "citation.new.*"];

describe("a home that gets tenants", () => {
  test("keeps what it had; what it published is the Choir's from then on", async () => {
    await using home = await temporaryHome();
    process.env.NATS_SERVER_BIN = (await natsBinary()).path;
    const before = await Backbone.open({ home: home.path });
    await before.events.append("run", "n", 1);
    await before.files.put("a/b", Buffer.from("text"));
    const effects = await before.effects("VIBEWRITER_EFFECTS", KINDS);
    await effects.publishEffect("first", { subject: "kb.publish.new", payload: 1 });
    expect(before.tenants).toBe(undefined);
    await before.close();

    await enableTenants(join(home.path, "nats"));
    await enableTenants(join(home.path, "nats"));
    for (let start = 1; start <= 2; start++) {
      await using after = await Backbone.open({ home: home.path });
      expect(Buffer.from((await after.files.get("a/b")) ?? []).toString()).toBe("text");
      expect(await after.events.append("run", "n", start + 1)).toBe(start + 1);
      const shared = await after.effects("VIBEWRITER_EFFECTS", KINDS);
      expect((await shared.get("kb.publish.new", "first"))?.payload).toBe(1);
      const again = await shared.publishEffect("first", { subject: "kb.publish.new", payload: 2 });
      expect(again).toMatchObject({ first: false, effect: { payload: 1 } });
      expect((await after.status()).streams.map(({ name }) => name)).not.toContain("VIBEWRITER_EFFECTS");
      expect(await after.tenants?.list()).toEqual([]);
    }
  });

  test("a damaged register is told, and not replaced", async () => {
    await using home = await temporaryHome();
    process.env.NATS_SERVER_BIN = (await natsBinary()).path;
    await mkdir(join(home.path, "nats"), { recursive: true });
    await writeFile(join(home.path, "nats", "tenants.json"), '{"version":1,');
    await expect(Backbone.open({ home: home.path })).rejects.toMatchObject({ code: "bad_config" });
    expect(await readFile(join(home.path, "nats", "tenants.json"), "utf8")).toBe('{"version":1,');
  });
});

describe("tenants", () => {
  let t: TestTenants;
  beforeAll(async () => {
    t = await testTenants();
    await t.add("acme");
  });
  afterAll(() => t[Symbol.asyncDispose]());

  const publishes = async (user: string) => {
    const connection = await t.connect("acme", user);
    await connection.close();
  };

  test("are added once, with seeds that only their owner can read and that are nowhere else", async () => {
    const again = await t.tenants.add("acme", { folder: join(t.home, "elsewhere"), limits: { connections: 150 } });
    expect(again.made).toEqual([]);
    expect(again.tenant.limits.connections).toBe(150);
    for (const user of ["operator", "worker", "client"]) {
      const path = join(t.home, "acme", `${user}.nk`);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const seed = (await readFile(path, "utf8")).trim();
      for (const file of ["tenants.json", "tenants.conf", "nats.conf", "nats.log"]) {
        expect(await readFile(join(t.home, "nats", file), "utf8"), file).not.toContain(seed);
      }
    }
    expect((await stat(join(t.home, "nats", "tenants.json"))).mode & 0o777).toBe(0o600);
  });

  test.each(["", "Acme", "a b", "a.b", "a>", "*", "../x", "-a", "a".repeat(33), "$SYS", "choïr"])(
    "cannot be called %j",
    async (name) => {
      await expect(t.tenants.add(name, { folder: t.home })).rejects.toMatchObject({ code: "invalid" });
    },
  );

  test("have limits that make sense, users with one role, and agents where they need one", async () => {
    const folder = join(t.home, "acme");
    await expect(t.tenants.add("small", { folder, limits: { storageBytes: 5 } })).rejects.toMatchObject({
      code: "invalid",
    });
    const add = (user: string, role: "agent" | "worker", agent?: string) =>
      t.tenants.addUser("acme", { user, role, agent, folder });
    await expect(add("x", "agent")).rejects.toThrow("needs --agent");
    await expect(add("x", "agent", "a.>")).rejects.toMatchObject({ code: "invalid" });
    await expect(add("x", "worker", "ada")).rejects.toThrow("leave --agent out");
    await expect(add("worker", "worker")).rejects.toMatchObject({ code: "exists" });
    await expect(t.tenants.addUser("nobody", { user: "x", role: "worker", folder })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(t.tenants.revoke("nobody")).rejects.toMatchObject({ code: "not_found" });
  });

  test("one that is revoked loses its connections at once, the others keep theirs; its data stay until they are purged", async () => {
    await t.add("brief");
    await using worker = await Backbone.open({ ...t.as("brief", "worker"), home: "" });
    await using other = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
    let reconnects = 0;
    void (async () => {
      for await (const status of other.connection.status()) if (status.type === "reconnect") reconnects++;
    })();
    await worker.events.append("run", "kept", "yes");

    const revoked = await t.tenants.revoke("brief");
    expect((await t.tenants.revoke("brief")).revokedAt).toBe(revoked.revokedAt);
    await until(() => worker.connection.isClosed());
    await expect(worker.events.append("run", "n", 2)).rejects.toMatchObject({ code: "refused" });
    await expect(t.connect("brief", "operator")).rejects.toMatchObject({ code: "refused" });
    await other.events.append("run", "n", 1);
    expect(reconnects).toBe(0);

    await t.tenants.add("brief", { folder: join(t.home, "brief-again") });
    const again = join(t.home, "brief-again", "worker.nk");
    await using back = await Backbone.open({ url: t.as("brief", "").url, credentials: { nkeyFile: again }, home: "" });
    const events = [];
    for await (const event of back.events.read("run")) events.push(event.data);
    expect(events).toEqual(["yes"]);

    const erase = async (nkeyFile: string) =>
      void (await eraseAccount({ ...t.as("brief", ""), credentials: { nkeyFile } }, []));
    await expect(t.tenants.purge("brief", { folder: t.home, erase })).rejects.toThrow("revoke it first");
    await t.tenants.revoke("brief");
    await t.tenants.purge("brief", { folder: t.home, erase });
    expect((await t.tenants.list()).map(({ name }) => name)).toEqual(["acme"]);
    await t.tenants.add("brief", { folder: join(t.home, "brief-anew") });
    const anew = join(t.home, "brief-anew", "operator.nk");
    await using empty = await Backbone.open({ url: t.as("brief", "").url, credentials: { nkeyFile: anew }, home: "" });
    const none = [];
    for await (const event of empty.events.read("run")) none.push(event.data);
    expect(none).toEqual([]);
  });

  test("one user is revoked without the others noticing", async () => {
    const { made } = await t.tenants.addUser("acme", {
      user: "worker-2",
      role: "worker",
      folder: join(t.home, "acme"),
    });
    expect(made.path).toBe(join(t.home, "acme", "worker-2.nk"));
    await publishes("worker-2");
    await t.tenants.revokeUser("acme", "worker-2");
    await t.tenants.revokeUser("acme", "worker-2");
    await expect(publishes("worker-2")).rejects.toMatchObject({ code: "refused" });
    await publishes("worker");
  });

  test("the server keeps them over a crash", async () => {
    const pid = t.backbone.server?.pid;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    await until(() => t.backbone.server?.pid !== undefined && t.backbone.server.pid !== pid);
    await until(() =>
      publishes("client").then(
        () => true,
        () => false,
      ),
    );
    await using client = await Backbone.open({ ...t.as("acme", "client"), home: "" });
    await client.events.append("after", "n", 1);
  });

  test("what one publishes the others read, in one order, once for ever, whoever says it", async () => {
    await t.add("umbra");
    await using one = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
    await using two = await Backbone.open({ ...t.as("umbra", "worker"), home: "" });
    const [mine, theirs, homes] = await Promise.all(
      [one, two, t.backbone].map((backbone) => backbone.effects("VIBEWRITER_EFFECTS", KINDS)),
    );
    if (!mine || !theirs || !homes) throw new Error("three were asked for");
    const seen: string[] = [];
    await using projection = two.project(theirs, {
      name: "test",
      position: 0,
      apply: ({ key }) => void seen.push(key),
    });
    const first = await mine.publishEffect("a", { subject: "kb.publish.new", payload: { by: "acme" } });
    const again = await theirs.publishEffect("a", { subject: "kb.publish.new", payload: { by: "umbra" } });
    expect([first.first, again.first, again.seq]).toEqual([true, false, first.seq]);
    expect(again.effect.payload).toEqual({ by: "acme" });
    const cited = await theirs.publishEffect("b", { subject: "citation.new.x1", payload: 1 });
    await projection.caughtUp({ seq: cited.seq, timeoutMs: 10_000 });
    const live = await homes.publishEffect("c", { subject: "kb.publish.new", payload: 1 });
    const started = Date.now();
    await projection.caughtUp({ seq: live.seq, timeoutMs: 10_000 });
    expect(Date.now() - started).toBeLessThan(4_000); // Heard of, not found by the look that comes every 5 s.
    expect(seen).toEqual(["a", "b", "c"]);
    const read = [];
    for await (const { key } of mine.read(["citation.new.*"])) read.push(key);
    expect(read).toEqual(["b"]);
    expect(() => one.project(mine, { name: "none", apply: () => undefined })).toThrow("keep its own");
  });

  test("a worker has everything that the work of a run needs; a client starts, watches and answers", async () => {
    await using worker = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
    await using client = await Backbone.open({ ...t.as("acme", "client"), home: "" });
    const schema = z.object({ state: z.string() });
    const runs = await client.records("VIBEWRITER_RUNS", schema);
    await runs.create("r1", { state: "queued" });
    await client.files.put("given/a", Buffer.from("source"));
    await client.files.put("given/same", Buffer.from("source"));
    await client.events.append("r1", "queued", 1);
    await client.tasks.submit("pool.offline", "r1", "s1");

    const task = await worker.tasks.take("pool.offline");
    expect(task?.id).toBe("r1");
    expect(Buffer.from((await worker.files.get("given/a")) ?? []).toString()).toBe("source");
    const follow = new AbortController();
    const heard: unknown[] = [];
    const following = (async () => {
      for await (const event of client.events.follow("r1", { signal: follow.signal })) {
        heard.push(event.type);
        if (event.type === "done") follow.abort();
      }
    })();
    await worker.events.append("r1", "step", 1);
    await (await worker.records("VIBEWRITER_RUNS", schema)).put("r1", { state: "done" });
    await worker.files.put("report", Buffer.alloc(3_000_000, "r"));
    await worker.events.append("r1", "done", 1);
    await task?.ack();
    await following;
    expect(heard).toEqual(["queued", "step", "done"]);
    expect((await runs.get("r1"))?.value.state).toBe("done");
    expect((await runs.list()).map(({ key }) => key)).toEqual(["r1"]);
    expect((await client.files.get("report"))?.length).toBe(3_000_000);
    expect((await client.files.list("given/")).map(({ key }) => key)).toEqual(["given/a", "given/same"]);
    expect(await worker.tasks.take("pool.offline")).toBe(undefined);
  });
});
