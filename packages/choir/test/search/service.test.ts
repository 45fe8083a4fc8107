import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { Backbone } from "@vibewriter/backbone";
import { Rate } from "../../../backbone/src/serve/rate.js";
import { type TestTenants, testTenants } from "../../../backbone/test/support/tenants.js";
import { Choir, serveSearch } from "../../src/index.js";
import { built } from "../support/built.js";
import { ada } from "../support/home.js";

let tenants: TestTenants;
let choir: Choir;
let served: AsyncDisposable | undefined;
let [acme, beta] = [] as unknown as [NatsConnection, NatsConnection];
let [id, longId] = ["", ""];
const failures: unknown[] = [];
const long = `# The long tide\n\n${"The moon moves the water of the ocean twice a day. 🌊\n\n".repeat(6_000)}`;

beforeAll(async () => {
  await built();
  tenants = await testTenants();
  await tenants.add("acme");
  await tenants.add("beta");
  const backbone = tenants.backbone as unknown as Backbone; // Of the sources, while the choir is of what is compiled.
  choir = await Choir.open({ backbone, path: join(tenants.home, "choir.sqlite") });
  ({ id } = await choir.publish(
    { markdown: "# Tides\n\nThe moon pulls.", author: "Ada", key: "a", tags: ["sea"] },
    ada,
  ));
  ({ id: longId } = await choir.publish({ markdown: long, author: "Ada", key: "long" }, ada));
  served = await serveSearch(backbone, choir, (error) => failures.push(error));
  [acme, beta] = [await tenants.connect("acme", "client"), await tenants.connect("beta", "client")];
}, 120_000);
afterAll(async () => {
  await served?.[Symbol.asyncDispose]();
  for (const connection of [acme, beta]) await connection?.close();
  await choir?.[Symbol.asyncDispose]();
  await tenants?.[Symbol.asyncDispose]();
});

const ask = async (name: string, request: unknown, connection = acme) => {
  const data = typeof request === "string" ? request : JSON.stringify(request);
  return (await connection.request(`kb.search.${name}`, data, { timeout: 10_000 })).json<Record<string, unknown>>();
};
const code = async (name: string, request: unknown) => ((await ask(name, request)).error as { code: string })?.code;

it("answers the clients of two accounts", async () => {
  for (const connection of [acme, beta]) {
    const { hits } = await ask("query", { query: "what pulls", tag: "sea" }, connection);
    expect(hits).toMatchObject([{ article_id: id, title: "Tides", author_key: ada.publicKey, mode: "lexical" }]);
    expect(await ask("article", { article: id }, connection)).toMatchObject({
      article: { id, markdown: "# Tides\n\nThe moon pulls.", tags: ["sea"] },
      next: null,
    });
  }
  expect(await ask("query", { query: "moon", tag: "none" })).toEqual({ hits: [] });
});

it("gives an article that no message holds in parts", async () => {
  let [whole, parts] = ["", 0];
  for (let from: number | null = 0; from !== null; parts++) {
    const { article, next } = (await ask("article", { article: longId, from })) as {
      article: { markdown: string };
      next: number | null;
    };
    whole += article.markdown;
    from = next;
  }
  expect(parts).toBe(2);
  expect(whole).toBe((await choir.get(longId)).markdown);
});

it.each<[string, string, unknown, string]>([
  ["no JSON", "query", "{", "bad_request"],
  ["no question", "query", {}, "invalid_query"],
  ["a field that there is none of", "query", { query: "x", sql: "--" }, "invalid_query"],
  ["too many results", "query", { query: "x", limit: 51 }, "invalid_query"],
  ["a wrong time", "query", { query: "x", since: "yesterday" }, "invalid_query"],
  ["an article that there is none of", "article", { article: "nobody" }, "unknown_article"],
  ["something else", "delete", { article: "all" }, "invalid_query"],
  ["a book as a question", "query", { query: "x".repeat(20_000) }, "too_large"],
])("says by a code what is wrong with %s", async (_name, subject, request, expected) => {
  expect(await code(subject, request)).toBe(expected);
});

it("lets one account not take the time of another, and nobody else answer", async () => {
  const flood = await Promise.all(Array.from({ length: 300 }, () => ask("query", { query: "moon" })));
  const refused = flood.filter(({ error }) => error !== undefined);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ error: { code: "busy" } });
  expect(await ask("query", { query: "moon" }, beta)).toHaveProperty("hits");
  const forbidden = new Promise((resolve) => {
    void (async () => {
      for await (const status of beta.status()) if (status.type === "error") resolve(String(status.error));
    })();
  });
  beta.subscribe("kb.search.query");
  expect(await forbidden).toMatch(/permissions violation/i);
});

it("counts each account by itself, and forgets those that rest", () => {
  const rate = new Rate({ perSecond: 10, burst: 2 });
  expect([rate.allows("a", 0), rate.allows("a", 0), rate.allows("a", 0), rate.allows("b", 0)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect([rate.allows("a", 50), rate.allows("a", 100), rate.allows("a", 101)]).toEqual([false, true, false]);
});

it("is served in an account of its own without tenants, and not where another account keeps the Choir", async () => {
  await using tenant = await Backbone.open({ ...tenants.as("acme", "operator"), home: "" });
  expect(await serveSearch(tenant, { ...empty, isShared: true })).toBeUndefined();
  const own = await serveSearch(tenant, { ...empty, isShared: false });
  await own?.[Symbol.asyncDispose]();
  expect(own).toBeDefined();
  expect(failures).toEqual([]);
});

const empty = { search: async () => [], get: () => Promise.reject(new Error("not asked")) };
