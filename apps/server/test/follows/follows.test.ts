import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Backbone } from "@vibewriter/backbone";
import { Choir, KeyPair } from "@vibewriter/choir";
import { Webhook as Verifier } from "standardwebhooks";
import { z } from "zod";
import { until } from "../../../../tests/support/until.js";
import type { FollowEvent } from "../../src/follows/api.js";
import { FollowRequest } from "../../src/follows/follow.js";
import { Follows } from "../../src/follows/follows.js";
import { Log } from "../../src/log.js";
import { useNatsServer } from "../support/nats-server.js";
import { Receiver } from "../support/receiver.js";
import { tempHome } from "../support/temp-home.js";
import { WEBHOOK_SECRET } from "../support/test-api.js";

const [ada, bob] = [KeyPair.generate(), KeyPair.generate()];
const LONG_MS = 30_000;

let home: Awaited<ReturnType<typeof tempHome>>;
let backbone: Backbone;
let choir: Choir;
let log: Log;
let natsUrl: string;
beforeAll(async () => {
  home = await tempHome();
  await useNatsServer();
  backbone = await Backbone.open({ home: home.path });
  choir = await Choir.open({ backbone, path: join(home.path, "choir.sqlite") });
  log = new Log(join(home.path, "log"));
  const access = z.object({ port: z.number(), user: z.string(), password: z.string() });
  const text = await readFile(join(home.path, "nats", "nats.access.json"), "utf8");
  const { port, user, password } = access.parse(JSON.parse(text));
  natsUrl = `nats://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
});
afterAll(async () => {
  for (const part of [choir, backbone, log, home]) await part?.[Symbol.asyncDispose]();
});

/** @param host names the home, so that each test has subscriptions of its own */
function open(host: string, o: { waits?: number[]; secret?: string } = {}): Promise<Follows> {
  const { waits = [50, 50, 50], secret = WEBHOOK_SECRET } = o;
  return Follows.open({ backbone, choir, host, webhookSecret: secret, log, waits });
}

const subject = (text: string) => FollowRequest.parse({ subject: text }).subject;
const title = (key: string) => `Tides ${key}`;

let published = 0;
async function publish(tags: string[] = [], by = ada): Promise<{ id: string; title: string }> {
  const key = `article-${++published}`;
  const author = by === ada ? "Ada" : "Bob";
  const { id } = await choir.publish({ markdown: `# ${title(key)}\n\nText of ${key}.`, author, key, tags }, by);
  return { id, title: title(key) };
}

/** What was told so far, from the beginning, until there is nothing new for a moment. */
async function told(follows: Follows, o: { id?: string; count: number }): Promise<FollowEvent[]> {
  const all: FollowEvent[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of follows.watch({ id: o.id, after: 0, signal: stop.signal })) all.push(event);
  })();
  await until(async () => all.length >= o.count, LONG_MS);
  await sleep(300);
  stop.abort();
  await reading;
  return all;
}

const idle = async (follows: Follows) =>
  await until(async () => (await follows.list()).every(({ pending, hasMore }) => pending === 0 && !hasMore), LONG_MS);

describe("a subscription", () => {
  it("is told by signed webhook what happens to an author's articles from then on, each thing once", async () => {
    await using receiver = await Receiver.open((n) => (n === 0 ? 500 : 200));
    await publish();
    await using follows = await open("signed");
    const { follow, isNew } = await follows.add(subject(`author:${ada.publicKey}`), receiver.url);
    expect(isNew).toBe(true);
    expect(await follows.add(subject(`author:${ada.publicKey}`), receiver.url)).toMatchObject({
      isNew: false,
      follow: { id: follow.id },
    });
    const mine = await publish();
    const other = await publish([], bob);
    await choir.cite({ citing: other.id, cited: mine.id, claim: "the\nmoon \u202E pulls" }, bob);
    await choir.revise({ article: mine.id, markdown: "# Tides\n\nBetter." }, ada);
    await choir.retract({ article: mine.id, reason: "Wrong." }, ada);
    await until(async () => receiver.received.length === 5, LONG_MS);
    await idle(follows);
    const bodies = receiver.received.map(({ headers, body }) => ({
      id: headers["webhook-id"],
      ...(new Verifier(WEBHOOK_SECRET).verify(body, headers as Record<string, string>) as {
        type: string;
        data: { text: string; news: FollowEvent };
      }),
    }));
    const byId = new Map(bodies.map((one) => [one.id, one]));
    expect([...byId.values()].map(({ type }) => type).sort()).toEqual([
      "article.cited",
      "article.published",
      "article.retracted",
      "article.revised",
    ]);
    const cited = bodies.find(({ type }) => type === "article.cited");
    expect(cited?.data).toMatchObject({
      text: `Cited by “${other.title}” of Bob: the moon pulls`,
      news: { follow: { id: follow.id }, article: { id: mine.id }, by: { article: { id: other.id } } },
    });
    // The first one was refused, and came again under its id.
    expect(receiver.received).toHaveLength(byId.size + 1);
  });

  it("of a tag or an article hears of nothing else, and nothing again after restarts and another index", async () => {
    const article = await publish(["sea"]);
    await using receiver = await Receiver.open(() => 200);
    const [tag, one] = await (async () => {
      await using follows = await open("restarts");
      const tag = await follows.add(subject("tag:#Sea"), receiver.url);
      const one = await follows.add(subject(`article:${article.id.slice(0, 8)}`), null);
      expect(tag.follow.subject).toBe("tag:sea");
      expect(one.follow.subject).toBe(`article:${article.id}`);
      return [tag.follow.id, one.follow.id];
    })();
    // While nothing of it runs.
    const second = await publish(["sea"], bob);
    await publish(["land"], bob);
    await choir.cite({ citing: second.id, cited: article.id, claim: "as there" }, bob);
    const heard = async (follows: Follows) => {
      const [ofTag, ofOne] = [await told(follows, { id: tag, count: 1 }), await told(follows, { id: one, count: 1 })];
      expect(ofTag.map(({ kind, article: { id } }) => `${kind} ${id}`)).toEqual([`published ${second.id}`]);
      expect(ofOne.map(({ kind, by }) => `${kind} ${by?.article.id}`)).toEqual([`cited ${second.id}`]);
      await idle(follows);
      return [...ofTag, ...ofOne];
    };
    await using follows = await open("restarts");
    const first = await heard(follows);
    await choir.rebuild();
    expect(await heard(follows)).toEqual(first);
    await using again = await open("restarts");
    expect(await heard(again)).toEqual(first);
    expect(receiver.received).toHaveLength(1);
    expect((await told(again, { count: 2 })).map(({ seq }) => seq)).toEqual(first.map(({ seq }) => seq).sort());
  });

  it("misses nothing of what does not fit into its box, and ends with its removal", async () => {
    let status = 503;
    await using receiver = await Receiver.open(() => status);
    await using follows = await open("full", { waits: [10, 60_000] });
    const { follow } = await follows.add(subject("tag:many"), receiver.url);
    for (let batch = 0; batch < 7; batch += 1) {
      await Promise.all(Array.from({ length: 10 }, () => publish(["many"], bob)));
    }
    await told(follows, { id: follow.id, count: 70 });
    expect((await follows.list()).at(0)).toMatchObject({
      pending: 32,
      hasMore: true,
      lastError: expect.stringContaining("503"),
    });
    await follows[Symbol.asyncDispose]();
    const refused = receiver.received.length;
    status = 200;
    // With other waits, as after a restart, what was put off is due at once.
    await using later = await open("full");
    await until(async () => receiver.received.length >= refused + 70, LONG_MS);
    await idle(later);
    const ids = receiver.received.slice(refused).map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(70);
    await later.remove(follow.id);
    expect(await later.list()).toEqual([]);
    await expect(later.remove(follow.id)).rejects.toMatchObject({ code: "not_found" });
    await publish(["many"], bob);
    await sleep(500);
    expect(receiver.received).toHaveLength(refused + 70);
  }, 120_000);
});

describe("kill -9", () => {
  it.each(["told", "boxed", "received"])("when news are %s loses and repeats nothing", async (moment) => {
    let child: ChildProcess | undefined;
    await using receiver = await Receiver.open(() => {
      // Delivered, and not yet known to be.
      if (moment === "received") child?.kill("SIGKILL");
      return 200;
    });
    const host = `kill-${moment}`;
    const first = await open(host);
    await first.add(subject(`tag:${moment}`), receiver.url);
    await first[Symbol.asyncDispose]();
    const articles = [await publish([moment]), await publish([moment])];
    const script = new URL("./killed.mjs", import.meta.url).pathname;
    const args = [script, natsUrl, home.path, join(home.path, `${moment}.sqlite`), host, moment];
    child = spawn(process.execPath, args, { env: { ...process.env, WEBHOOK_SECRET }, stdio: "inherit" });
    const signal = await new Promise((resolve) => child?.on("exit", (_, name) => resolve(name)));
    expect(signal).toBe("SIGKILL");
    child = undefined;
    await using follows = await open(host);
    const events = await told(follows, { count: 2 });
    expect(events.map(({ article }) => article.id)).toEqual(articles.map(({ id }) => id));
    await until(async () => receiver.received.length >= 2, LONG_MS);
    await idle(follows);
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(2);
    // Only what was delivered and not yet known to be comes a second time, under its id.
    expect(ids).toHaveLength(moment === "received" ? 3 : 2);
  });
});

describe("what is asked for", () => {
  it("is refused in one sentence where it makes no sense", async () => {
    const wrong = (request: object) => FollowRequest.safeParse(request).error?.issues[0]?.message;
    expect(wrong({ subject: "ada" })).toBe("Follow author:KEY, tag:TAG or article:ID.");
    expect(wrong({ subject: "author:Ada" })).toContain("whole public key");
    expect(wrong({ subject: "tag:two words!" })).toContain("tag:defi");
    expect(wrong({ subject: "article:1f" })).toContain("at least four characters");
    for (const webhook of ["http://example.org/x", "ftp://example.org", "http://10.0.0.8/x"])
      expect(wrong({ subject: "tag:a", webhook })).toContain("https://");
    expect(wrong({ subject: "tag:a", webhook: "https://ada:s3cret@example.org/" })).toContain("password");
    expect(wrong({ subject: "tag:a", webhook: "hook" })).toContain("https://example.org/hook");
    await using follows = await open("wrong", { secret: "hunter2" });
    await expect(follows.add(subject("article:ffffffff"), null)).rejects.toMatchObject({ code: "unknown_article" });
    const { follow } = await follows.add(subject("tag:a"), null);
    await expect(follows.test(follow.id)).rejects.toMatchObject({ code: "bad_request" });
    const { follow: unsigned } = await follows.add(subject("tag:a"), "http://127.0.0.1:9/hook");
    const result = await follows.test(unsigned.id);
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining("VIBEWRITER_WEBHOOK_SECRET") });
    expect(result.message).not.toContain("hunter2");
    await expect(follows.watch({ id: "none", signal: AbortSignal.timeout(1_000) }).next()).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
