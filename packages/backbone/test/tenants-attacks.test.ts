import { generateKeyPairSync, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { fromSeed } from "@nats-io/nkeys";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { NatsSaver } from "../../langgraph-nats/src/saver.js";
import { NatsStore } from "../../langgraph-nats/src/store/store.js";
import { Backbone } from "../src/backbone.js";
import { inboxOf } from "../src/connection/credentials.js";
import { dial } from "../src/connection/dial.js";
import { matches } from "../src/link/subjects.js";
import { isForbidden } from "../src/link/transient.js";
import { permissionsOf } from "../src/tenants/roles.js";
import { type TestTenants, testTenants } from "./support/tenants.js";

const KINDS = ["kb.publish.new", "citation.new.*"];
const STREAM = "VIBEWRITER_EFFECTS";
const NOTHING = "nobody there";

let t: TestTenants;
const connections: Record<string, NatsConnection> = {};

/** The victim is `acme`, with something in everything it has; `evil` is another tenant. */
beforeAll(async () => {
  t = await testTenants();
  await t.add("acme");
  await t.add("evil");
  await t.tenants.addUser("acme", { user: "ada", role: "agent", agent: "ada", folder: join(t.home, "acme") });
  await t.tenants.addUser("acme", { user: "client-2", role: "client", folder: join(t.home, "acme") });
  await using worker = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
  await worker.events.append("run", "secret", "of acme", { id: "e1" });
  await worker.files.put("a/secret", Buffer.from("of acme"));
  const effects = await worker.effects(STREAM, KINDS);
  await effects.publishEffect("k", { subject: "kb.publish.new", payload: "of acme" });
  const js = jetstream(worker.connection);
  await js.publish("vibewriter.state.ada.t.=.cp", "state of ada");
  await js.publish("vibewriter.state.bob.t.=.cp", "state of bob");
  await js.publish("$KV.VIBEWRITER_RUNS.r1", '"acme"');
  await worker.tasks.submit("pool.offline", "r1", "s1");
  for (const [tenant, user] of [
    ["acme", "operator"],
    ["acme", "worker"],
    ["acme", "client"],
    ["acme", "ada"],
    ["evil", "operator"],
    ["evil", "worker"],
  ] as const) {
    connections[`${tenant}/${user}`] = await t.connect(tenant, user);
  }
  await NatsSaver.fromConnection(as("acme/ada"), { agent: "ada" }).setup();
});
afterAll(async () => {
  for (const connection of Object.values(connections)) await connection.close();
  await t[Symbol.asyncDispose]();
});

function as(who: string): NatsConnection {
  const connection = connections[who];
  if (!connection) throw new Error(`nobody is ${who}`);
  return connection;
}

/** What came of a request: `forbidden`, nobody there, the server's error, or its answer. */
async function ask(who: string, subject: string, body: unknown = ""): Promise<string> {
  try {
    const data = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await as(who).request(subject, data, { timeout: 2_000 });
    return answer.headers?.code ? `status ${answer.headers.code}` : answer.string();
  } catch (error) {
    if (isForbidden(error)) return "forbidden";
    if (/no responders/i.test(String(error))) return NOTHING;
    throw error;
  }
}

/** True if the server refused the subscription. */
async function mayNotHear(who: string, subject: string): Promise<boolean> {
  let refused = false;
  const connection = as(who);
  const subscription = connection.subscribe(subject, {
    callback: (error) => {
      refused ||= isForbidden(error);
    },
  });
  await connection.flush();
  await new Promise((resolve) => setTimeout(resolve, 50));
  subscription.unsubscribe();
  return refused;
}

async function publicKey(tenant: string, user: string): Promise<string> {
  const seed = (await readFile(join(t.home, tenant, `${user}.nk`), "utf8")).trim();
  return fromSeed(Buffer.from(seed)).getPublicKey();
}

const ADMIN = ["CREATE", "UPDATE", "DELETE", "PURGE", "SNAPSHOT", "RESTORE", "MSG.DELETE", "LEADER.STEPDOWN"];

describe("another tenant, with all the rights in its own account", () => {
  test("sees nothing of what the first one has under the same names", async () => {
    await using evil = await Backbone.open({ ...t.as("evil", "operator"), home: "" });
    const events = [];
    for await (const event of evil.events.read("run")) events.push(event);
    expect(events).toEqual([]);
    expect(await evil.files.get("a/secret")).toBe(undefined);
    expect(await evil.tasks.take("pool.offline")).toBe(undefined);
    for (const subject of ["$KV.VIBEWRITER_RUNS.r1", "vibewriter.state.ada.t.=.cp"]) {
      const stream = subject.startsWith("$KV") ? "KV_VIBEWRITER_RUNS" : "VIBEWRITER_STATE";
      expect(await ask("evil/operator", `$JS.API.DIRECT.GET.${stream}.${subject}`), subject).toBe("status 404");
    }
  });

  test("hears and says nothing in the first one's account, not even with a subscription to everything", async () => {
    const heard: string[] = [];
    const spy = as("evil/operator").subscribe(">", { callback: (_, message) => void heard.push(message.subject) });
    await as("evil/operator").flush();
    await using worker = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
    const before = await worker.events.append("run", "n", 1, { id: "e2" });
    await as("acme/worker").request("$JS.API.INFO", "");
    as("evil/operator").publish("vibewriter.events.run", "forged");
    as("evil/operator").publish(`${inboxOf(await publicKey("acme", "worker"))}.x.1`, "forged");
    await as("evil/operator").flush();
    expect(await worker.events.append("run", "n", 2, { id: "e3" })).toBe(before + 1);
    spy.unsubscribe();
    const foreign = heard.filter((subject) => !subject.startsWith("_INBOX") && subject !== "vibewriter.events.run");
    // The Choir's news is for all: what was published stands in the shared stream anyway.
    expect(foreign.filter((subject) => !subject.startsWith("vibewriter.choir.news."))).toEqual([]);
  });

  test.each(["evil/operator", "evil/worker", "acme/worker", "acme/client", "acme/ada"])(
    "%s reaches nothing of the server itself",
    async (who) => {
      for (const subject of ["$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.SERVER.PING.JSZ"]) {
        const answer = await ask(who, subject);
        // Of an account's own connections its operator may know.
        const isOwn = who === "evil/operator" && subject.includes("ACCOUNT") && answer.includes('"num_connections":2,');
        expect(answer === "forbidden" || answer === NOTHING || isOwn, `${subject}: ${answer}`).toBe(true);
      }
    },
  );
});

describe("the Choir's stream, from the account of a tenant", () => {
  const api = "vibewriter.choir.api";

  test.each(ADMIN)("%s does not reach it, whatever the role", async (call) => {
    for (const who of ["evil/operator", "evil/worker", "acme/client"]) {
      for (const prefix of [api, "$JS.CHOIR.API", "$JS.API"]) {
        const answer = await ask(who, `${prefix}.STREAM.${call}.${STREAM}`, {
          name: STREAM,
          subjects: ["x.>"],
          seq: 1,
        });
        const isOwn = prefix === "$JS.API" && who === "evil/operator";
        if (isOwn) continue; // What it does in its own account is its own affair; the stream is looked at below.
        expect(["forbidden", NOTHING], `${who} ${prefix}: ${answer}`).toContain(answer);
      }
    }
    if (call === "CREATE") await ask("evil/operator", `$JS.API.STREAM.DELETE.${STREAM}`);
    const info = JSON.parse(await ask("evil/operator", `${api}.STREAM.INFO.${STREAM}`));
    expect(info.config.subjects).toEqual(["kb.publish.new.*", "citation.new.*.*"]);
    expect(info.state.messages).toBeGreaterThan(0);
  });

  test("takes no consumers, durable or not, pushed or pulled", async () => {
    for (const call of [`CREATE.${STREAM}.x`, `CREATE.${STREAM}`, `DURABLE.CREATE.${STREAM}.x`, `DELETE.${STREAM}.x`]) {
      const config = { name: "x", durable_name: "x", deliver_subject: "citation.reward.evil", ack_policy: "none" };
      expect(await ask("evil/operator", `${api}.CONSUMER.${call}`, { stream_name: STREAM, config })).toBe(NOTHING);
    }
  });

  test("gives an effect one chance: none is replaced, rolled up, timed out or slipped in beside the two kinds", async () => {
    await using evil = await Backbone.open({ ...t.as("evil", "worker"), home: "" });
    const effects = await evil.effects(STREAM, KINDS);
    const again = await effects.publishEffect("k", { subject: "kb.publish.new", payload: "of evil" });
    expect(again).toMatchObject({ first: false, effect: { payload: "of acme" } });
    const js = jetstream(as("evil/operator"));
    for (const [name, value] of [
      ["Nats-Rollup", "all"],
      ["Nats-Rollup", "sub"],
      ["Nats-TTL", "1s"],
      ["Nats-Schedule", "@at 2026-01-01T00:00:00Z"],
    ] as const) {
      const h = headers();
      h.set(name, value);
      await expect(
        js.publish(`kb.publish.new.${value.replace(/\W/g, "")}`, "{}", { headers: h }),
        name,
      ).rejects.toThrow();
    }
    for (const subject of ["citation.reward.x", "kb.publish.x", "kb.publish.new.a.b", "citation.new.x"]) {
      expect(await ask("evil/operator", subject, "{}"), subject).toBe(NOTHING);
      expect(await ask("evil/worker", subject, "{}"), subject).toBe("forbidden");
    }
    expect((await effects.get("kb.publish.new", "k"))?.payload).toBe("of acme");
  });
});

describe("a client", () => {
  test("makes no consumers: one would say in its name what it may not say", async () => {
    const config = { name: "x", deliver_subject: "kb.publish.new.forged", deliver_policy: "all", ack_policy: "none" };
    for (const stream of ["VIBEWRITER_EVENTS", "VIBEWRITER_TASKS", "VIBEWRITER_STATE", "KV_VIBEWRITER_RUNS"]) {
      for (const call of [
        `CREATE.${stream}.x`,
        `CREATE.${stream}`,
        `DURABLE.CREATE.${stream}.x`,
        `DELETE.${stream}.x`,
      ]) {
        expect(await ask("acme/client", `$JS.API.CONSUMER.${call}`, { stream_name: stream, config })).toBe("forbidden");
      }
      expect(await ask("acme/client", `$JS.API.CONSUMER.MSG.NEXT.${stream}.pool_offline`, "1")).toBe("forbidden");
    }
  });

  test("takes what it has put back out of the files, and nothing out of other streams", async () => {
    for (const call of ["PURGE", "MSG.DELETE"]) {
      for (const stream of ["VIBEWRITER_EVENTS", "VIBEWRITER_TASKS", "KV_VIBEWRITER_RUNS", "OBJ_VIBEWRITER_STATE"]) {
        expect(await ask("acme/client", `$JS.API.STREAM.${call}.${stream}`), stream).toBe("forbidden");
      }
    }
    const none = await ask("acme/client", "$JS.API.STREAM.MSG.DELETE.OBJ_VIBEWRITER_FILES", { seq: 999_999 });
    expect(none).toContain("stream_msg_delete_response");
  });

  test.each([
    "vibewriter.state.ada.t.=.cp",
    "vibewriter.dlq.task.x.y",
    "kb.publish.new.x",
    "citation.new.x.y",
    "$KV.VIBEWRITER_GRANTS.x",
    "$KV.VIBEWRITER_VERIFICATIONS.x",
    "$KV.vibewriter-evidence.x",
    "$O.VIBEWRITER_STATE.C.x",
    "$JS.ACK.VIBEWRITER_TASKS.pool_offline.1.1.1.1.1",
    "$JS.API.STREAM.PURGE.VIBEWRITER_EVENTS",
    "$JS.API.STREAM.MSG.DELETE.VIBEWRITER_EVENTS",
    "_INBOX.x",
  ])("does not say %s", async (subject) => {
    expect(await ask("acme/client", subject, "{}")).toBe("forbidden");
  });
});

describe("a server answers wherever a request says, but", () => {
  const ALLOWED = permissionsOf({ role: "client", publicKey: "U" })?.publish.allow ?? [];
  /** One subject for each wildcard that a client may publish to. */
  const asked = (allowed: string) =>
    allowed
      .replace(/(DIRECT|MSG)\.GET\.[>*]$/, "$1.GET.VIBEWRITER_EVENTS")
      .replace(/CONSUMER\.(.*?)\*/, "CONSUMER.$1VIBEWRITER_TASKS")
      .replace("INFO.*", "INFO.VIBEWRITER_EVENTS")
      .replace("choir.api.>", `choir.api.STREAM.INFO.${STREAM}`)
      .replace(/[*>]/g, "x");
  const bodies = (subject: string) => {
    if (subject.includes(".GET.")) return ['{"seq":1}', '{"last_by_subj":"x"}'];
    if (subject.includes(".PURGE.")) return ['{"filter":"x"}'];
    return subject.includes(".DELETE.") ? ['{"seq":999999}'] : [""];
  };
  type Info = { config: { name: string; subjects: string[] }; state: { messages: number; last_seq: number } };
  const streamsOf = async (who: string): Promise<Info[]> => JSON.parse(await ask(who, "$JS.API.STREAM.LIST")).streams;
  const states = (streams: Info[]) => streams.map(({ config, state }) => [config.name, state.messages, state.last_seq]);

  /** Asks each of `subjects`, and has the answer sent to each of `replies`. */
  async function askAround(who: string, subjects: readonly string[], replies: readonly string[]): Promise<void> {
    for (const subject of subjects) {
      for (const reply of replies) for (const body of bodies(subject)) as(who).publish(subject, body, { reply });
    }
    await as(who).flush();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }

  test("a client has nothing stored or done where it may not itself, by any call that it may make", async () => {
    const may = (subject: string) => ALLOWED.some((pattern) => matches(pattern, subject));
    const out = (streams: Info[]) => streams.filter(({ config }) => !config.subjects.some(may));
    const before = out(await streamsOf("acme/operator"));
    expect(before.map(({ config }) => config.name)).toEqual(
      expect.arrayContaining(["VIBEWRITER_STATE", "VIBEWRITER_DLQ", "KV_VIBEWRITER_GRANTS", "OBJ_VIBEWRITER_STATE"]),
    );
    const ofAda = states(await streamsOf("acme/ada"));
    const choir = await ask("acme/operator", `vibewriter.choir.api.STREAM.INFO.${STREAM}`);
    const subjects = before.flatMap(({ config }) =>
      config.subjects.map((subject) => subject.replace(/[*>]/g, "forged")),
    );
    await askAround("acme/client", ALLOWED.map(asked), [
      ...subjects,
      "kb.publish.new.forged",
      "citation.new.forged.forged",
      "$JS.API.STREAM.PURGE.KV_VIBEWRITER_GRANTS",
      "$JS.API.STREAM.DELETE.VIBEWRITER_STATE",
      "$JS.API.CONSUMER.MSG.NEXT.VIBEWRITER_TASKS.pool_offline",
      "agent.ada.api.STREAM.PURGE.VIBEWRITER_STATE",
    ]);
    expect(states(out(await streamsOf("acme/operator")))).toEqual(states(before));
    expect(states(await streamsOf("acme/ada"))).toEqual(ofAda);
    const after = JSON.parse(await ask("acme/operator", `vibewriter.choir.api.STREAM.INFO.${STREAM}`));
    expect(after.state).toEqual(JSON.parse(choir).state);
  });

  test("no tenant has the Choir's account store what it does not take from it", async () => {
    const keeper = await dial({ ...t.as("", ""), credentials: { nkeyFile: join(t.home, "nats", "choir.nk") } });
    try {
      const manager = await jetstreamManager(keeper);
      await manager.streams.add({ name: "REWARDS", subjects: ["citation.reward.*", "vibewriter.events.*"] });
      const api = "vibewriter.choir.api";
      const calls = ["STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET"].map((call) => `${api}.${call}.${STREAM}`);
      await askAround(
        "evil/operator",
        [...calls, "kb.search.x", "kb.publish.new.once", "citation.new.x.once"],
        ["citation.reward.evil", "vibewriter.events.evil", "$JS.API.STREAM.PURGE.REWARDS"],
      );
      expect((await manager.streams.info("REWARDS")).state.last_seq).toBe(0);
      // From within the account it is: the server would answer there.
      keeper.publish(`$JS.API.STREAM.INFO.${STREAM}`, "", { reply: "citation.reward.own" });
      await keeper.flush();
      await expect
        .poll(async () => (await manager.streams.info("REWARDS")).state.last_seq, { timeout: 20_000 })
        .toBe(1);
      await manager.streams.delete("REWARDS");
    } finally {
      await keeper.close();
    }
  });

  test("what an account has of others everybody in it may call anyway", async () => {
    const text = await readFile(join(t.home, "nats", "tenants.conf"), "utf8");
    const accounts = [...text.matchAll(/^"(.+?)": (.+)$/gm)].map(([, name, json]) => ({
      name,
      ...JSON.parse(json ?? ""),
    }));
    expect(accounts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["CHOIR", "TENANT_acme", "CLIENT_acme", "AGENT_acme_ada"]),
    );
    for (const { name, users, imports = [] } of accounts) {
      for (const { service, to = service?.subject } of imports) {
        if (service === undefined) continue;
        const open = users.every((user: { permissions?: { publish: { allow: string[] } } }) =>
          (user.permissions?.publish.allow ?? [">"]).some((pattern) => matches(pattern, to)),
        );
        expect(open, `${to} in ${name}`).toBe(true);
      }
    }
  });
});

describe("a worker", () => {
  test.each(ADMIN)("does not %s streams, only clears what the work leaves", async (call) => {
    for (const stream of ["VIBEWRITER_EVENTS", "KV_VIBEWRITER_RUNS", "KV_VIBEWRITER_GRANTS", "NEW"]) {
      expect(await ask("acme/worker", `$JS.API.STREAM.${call}.${stream}`, "{}"), stream).toBe("forbidden");
    }
  });

  test("does not delete a stream by a consumer that delivers to the server's own subjects", async () => {
    for (const [i, call] of ["DELETE", "PURGE"].entries()) {
      const target = `$JS.API.STREAM.${call}.KV_VIBEWRITER_GRANTS`;
      const config = { name: `x${i}`, deliver_subject: target, deliver_policy: "all", ack_policy: "none" };
      await ask("acme/worker", `$JS.API.CONSUMER.CREATE.VIBEWRITER_EVENTS.x${i}`, {
        stream_name: "VIBEWRITER_EVENTS",
        config,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await ask("acme/operator", "$JS.API.STREAM.INFO.KV_VIBEWRITER_GRANTS")).toContain('"config"');
  });
});

describe("an agent", () => {
  const cp = (agent: string) => `vibewriter.state.${agent}.t.=.cp`;

  test("writes and reads under its name, in an account of its own: what the tenant has there it neither sees nor changes", async () => {
    expect(await ask("acme/ada", cp("ada"), "of ada herself")).toContain('"seq"');
    expect(await ask("acme/ada", `$JS.API.DIRECT.GET.VIBEWRITER_STATE.${cp("ada")}`)).toBe("of ada herself");
    expect(await ask("acme/ada", `$JS.API.DIRECT.GET.VIBEWRITER_STATE.${cp("bob")}`)).toBe("status 404");
    expect(await ask("acme/ada", "$JS.API.DIRECT.GET.VIBEWRITER_STATE", { seq: 2 })).toBe("status 404");
    expect(await ask("acme/operator", `$JS.API.DIRECT.GET.VIBEWRITER_STATE.${cp("ada")}`)).toBe("state of ada");
    const streams = JSON.parse(await ask("acme/ada", "$JS.API.STREAM.NAMES")).streams;
    expect(streams).not.toContain("VIBEWRITER_EVENTS");
  });

  test("writes nothing elsewhere by having the server answer there", async () => {
    await ask("acme/ada", cp("ada"), "forged");
    for (const reply of [cp("bob"), "$KV.VIBEWRITER_RUNS.r1", "vibewriter.events.run", "kb.publish.new.forged"]) {
      as("acme/ada").publish(`$JS.API.DIRECT.GET.VIBEWRITER_STATE.${cp("ada")}`, "", { reply });
    }
    await as("acme/ada").flush();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const read = (stream: string, subject: string) => ask("acme/operator", `$JS.API.DIRECT.GET.${stream}.${subject}`);
    expect(await read("VIBEWRITER_STATE", cp("bob"))).toBe("state of bob");
    expect(await read("KV_VIBEWRITER_RUNS", "$KV.VIBEWRITER_RUNS.r1")).toBe('"acme"');
    expect(await read("VIBEWRITER_EVENTS", "vibewriter.events.run")).not.toContain("forged");
    const api = "vibewriter.choir.api.DIRECT.GET";
    expect(await ask("acme/operator", `${api}.${STREAM}.kb.publish.new.forged`)).toBe("status 404");
  });

  test.each([
    cp("bob"),
    "vibewriter.state.ada",
    "vibewriter.memory.bob.k",
    "vibewriter.events.run",
    "vibewriter.tasks.pool.offline.r2",
    "$KV.VIBEWRITER_RUNS.r1",
    "$O.VIBEWRITER_FILES.C.x",
    "kb.publish.new.x",
    "vibewriter.choir.api.STREAM.INFO.VIBEWRITER_EFFECTS",
    "agent.ada.api.INFO",
  ])("does not say %s, not even in its own account", async (subject) => {
    expect(await ask("acme/ada", subject, "{}")).toBe("forbidden");
  });

  test("is out of its tenant's reach, also of what a server answers a worker", async () => {
    const api = "agent.ada.api.STREAM";
    expect(await ask("acme/ada", cp("ada"), "kept")).toContain('"seq"');
    expect(await ask("acme/operator", `${api}.INFO.VIBEWRITER_STATE`)).toBe(NOTHING);
    expect(await ask("acme/worker", `${api}.INFO.VIBEWRITER_STATE`)).toBe("forbidden");
    await ask("acme/worker", "vibewriter.events.empty", "");
    for (const call of ["PURGE", "DELETE"]) {
      const reply = `${api}.${call}.VIBEWRITER_STATE`;
      as("acme/worker").publish("$JS.API.DIRECT.GET.VIBEWRITER_EVENTS.vibewriter.events.empty", "", { reply });
    }
    await as("acme/worker").flush();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await ask("acme/ada", `$JS.API.DIRECT.GET.VIBEWRITER_STATE.${cp("ada")}`)).toBe("kept");
  });
});

test.each(["acme/worker", "acme/client", "acme/ada"])("%s does not hear others' answers", async (who) => {
  const others = await Promise.all(
    ["operator", "worker", "client", "client-2", "ada"]
      .filter((user) => user !== who.slice(5))
      .map((user) => publicKey("acme", user)),
  );
  const plain = who === "acme/ada" ? [] : ["_INBOX.>"]; // In an agent's account nobody else is.
  for (const subject of [...others.map((key) => `${inboxOf(key)}.>`), ">", ...plain, "*.>", "_R_.>", "$JS.>"]) {
    expect(await mayNotHear(who, subject), subject).toBe(true);
  }
  expect(await mayNotHear(who, `${inboxOf(await publicKey("acme", who.slice(5)))}.mine.*`)).toBe(false);
});

test("what was there before all this is there", async () => {
  await using worker = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
  const events = [];
  for await (const event of worker.events.read("run")) events.push(event.data);
  expect(events).toEqual(["of acme", 1, 2]);
  expect(Buffer.from((await worker.files.get("a/secret")) ?? []).toString()).toBe("of acme");
  expect(await ask("acme/operator", "$JS.API.DIRECT.GET.VIBEWRITER_STATE.vibewriter.state.bob.t.=.cp")).toBe(
    "state of bob",
  );
  expect((await worker.tasks.take("pool.offline"))?.id).toBe("r1");
});

describe("limits", () => {
  test("an account that is full says so; what was acknowledged is there, and after clearing it takes more", async () => {
    await t.add("small", { storageBytes: 2 * 2 ** 20, connections: 4, streams: 40 });
    await using worker = await Backbone.open({ ...t.as("small", "worker"), home: "" });
    let stored = 0;
    const fill = async () => {
      for (; stored < 100; stored++) await worker.files.put(`f/${stored}`, Buffer.alloc(150_000, stored));
    };
    await expect(fill()).rejects.toMatchObject({ code: "storage_full" });
    expect(stored).toBeGreaterThan(5);
    const event = worker.events.append("run", "large", "x".repeat(200_000));
    await expect(event).rejects.toMatchObject({
      code: "storage_full",
      message: expect.stringContaining("limit raised"),
    });
    for (let i = 0; i < stored; i++) {
      expect((await worker.files.get(`f/${i}`))?.[0], `file ${i}`).toBe(i);
    }
    // Others have their own room.
    await using other = await Backbone.open({ ...t.as("acme", "worker"), home: "" });
    await other.files.put("more", Buffer.alloc(3_000_000));

    await t.tenants.add("small", { folder: t.home, limits: { storageBytes: 20 * 2 ** 20 } });
    await worker.events.append("run", "n", 1);
  });

  test("connections and streams beyond the limit are refused", async () => {
    const open: NatsConnection[] = [];
    try {
      const more = async () => {
        for (let i = 0; i < 5; i++) open.push(await t.connect("small", "client"));
      };
      await expect(more()).rejects.toMatchObject({ code: "unavailable" });
      expect(open.length).toBeLessThan(5);
    } finally {
      for (const connection of open) await connection.close();
    }
    const operator = await t.connect("small", "operator");
    try {
      const manager = await jetstreamManager(operator, { checkAPI: false });
      const more = async () => {
        for (let i = 0; i < 41; i++) await manager.streams.add({ name: `S${i}`, subjects: [`s${i}`] });
      };
      await expect(more()).rejects.toThrow(/maximum number of streams/);
    } finally {
      await operator.close();
    }
  });
});

test("checkpoints and memory are written and read with a worker's credentials", async () => {
  const connection = await t.connect("acme", "worker");
  try {
    const saver = NatsSaver.fromConnection(connection, { agent: "ada" });
    const config = { configurable: { thread_id: "run-1", checkpoint_ns: "" } };
    const metadata = { source: "input" as const, step: 1, parents: {} };
    const saved = await saver.put(
      config,
      { ...emptyCheckpoint(), channel_values: { a: "x".repeat(600_000) } },
      metadata,
      {},
    );
    await saver.putWrites(saved, [["a", 1]], "task");
    expect((await saver.getTuple(config))?.pendingWrites).toHaveLength(1);
    await saver.deleteThread("run-1");
    expect(await saver.getTuple(config)).toBe(undefined);
    const store = NatsStore.fromConnection(connection);
    await store.put(["memories"], "k", { text: "kept" });
    expect((await store.get(["memories"], "k"))?.value).toEqual({ text: "kept" });
    expect((await store.search(["memories"])).map(({ key }) => key)).toEqual(["k"]);
  } finally {
    await connection.close();
  }
});

test("a client reads what agents remember, also what came since, and writes and erases nothing of it", async () => {
  const written = NatsStore.fromConnection(as("acme/worker"), { agent: "bob" });
  await using read = NatsStore.fromConnection(as("acme/client"), { agent: "bob" });
  const keys = async () => (await read.list(["memories"])).map(({ key }) => key);
  expect(await keys()).toEqual([]);
  await written.put(["memories"], "first", { text: "kept" });
  await written.put(["memories"], "second", { text: "kept" });
  expect(await keys()).toEqual(["first", "second"]);
  await written.put(["memories"], "third", { text: "kept" });
  await written.delete(["memories"], "second");
  expect(await keys()).toEqual(["first", "third"]);
  expect((await read.search(["memories"], { query: "kept" })).map(({ key }) => key)).toEqual(["first", "third"]);
  for (const attempt of [
    () => read.put(["memories"], "mine", {}),
    () => read.delete(["memories"], "first"),
    () => read.erase(),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: "refused" });
  expect(await keys()).toEqual(["first", "third"]);
});

test("workers and clients write one chain of the audit, and nobody of them takes anything out of it", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer = {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
  };
  for (const user of ["worker", "client"]) {
    await using backbone = await Backbone.open({ ...t.as("acme", user), home: "" });
    await using trail = await backbone.audit({ folder: join(t.home, `audit-${user}`), host: user, signer });
    trail.record("bob", { kind: "approval", event: "granted", by: user });
    await trail.written("bob");
    await trail.anchor("bob");
    const [report] = await trail.verify(["bob"]);
    expect(report).toMatchObject({ entries: user === "worker" ? 1 : 2, anchored: user === "worker" ? 1 : 2 });
    expect(report?.broken).toBeUndefined();
    const manager = await jetstreamManager(backbone.connection, { checkAPI: false });
    const purge = manager.streams.purge("VIBEWRITER_AUDIT");
    await expect(purge).rejects.toThrow();
  }
}, 60_000);
