import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PROVIDERS } from "../../src/search/names.js";
import { openSearch } from "../../src/search/open-search.js";
import { Services } from "../../src/search/services.js";
import { type Asked, CASES, QUERY } from "./cases.js";

let server: Server;
let base: string;
/** What the server answers; nothing: it hangs up. */
let answer: { status: number; body: string; headers?: Record<string, string> } | undefined;
let asked: Asked | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      asked = { url: new URL(request.url ?? "/", base), request, body };
      if (answer === undefined) response.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe.each(PROVIDERS)("the search %s", (name) => {
  const { open, documented, results, empty, odd, check } = CASES[name];
  // Services of its own for each question: the pause that they keep between two is tested below.
  const search = (query = QUERY, limit = 5) =>
    open(new Services({ userAgent: "Vibewriter/0.1 (a@b.org)" }), base).search(query, { limit });

  it("asks as documented, says who asks, and gives the results as plain text", async () => {
    answer = { status: 200, body: documented };
    expect(await search()).toEqual(results);
    if (asked === undefined) throw new Error("Nobody was asked.");
    expect(asked.request.headers["user-agent"]).toBe("Vibewriter/0.1 (a@b.org)");
    check(asked);
  });

  it("gives no more than was asked for, and nothing where there is nothing", async () => {
    answer = { status: 200, body: documented };
    expect(await search(QUERY, 1)).toEqual(results.slice(0, 1));
    answer = { status: 200, body: empty };
    expect(await search()).toEqual([]);
  });

  it("sends a bounded question", async () => {
    answer = { status: 200, body: empty };
    await search("zebra ".repeat(2_000));
    expect((asked?.url.href.length ?? 0) + (asked?.body.length ?? 0)).toBeLessThan(1_500);
  });

  it("says what is wrong, and what to do", async () => {
    for (const [given, code, says] of [
      [{ status: 403, body: "" }, "search_failed", /refuses us/],
      [{ status: 500, body: "" }, "search_failed", /500/],
      [{ status: 429, body: "", headers: { "retry-after": "120" } }, "asked_to_wait", /until 20\d\d-/],
      [{ status: 302, body: "", headers: { location: "/elsewhere" } }, "search_failed", /reached/],
      [{ status: 200, body: odd }, "search_failed", /form/],
      [{ status: 200, body: "Rate exceeded." }, "search_failed", /form/],
      [undefined, "search_failed", /reached/],
    ] as const) {
      answer = given;
      const failure = { code, message: expect.stringMatching(says) };
      await expect(search(), JSON.stringify(given)).rejects.toMatchObject(failure);
    }
  });
});

test("a search without its key says which, when it is asked", async () => {
  const services = new Services({ userAgent: "x" });
  for (const [name, variable] of [
    ["tavily", "TAVILY_API_KEY"],
    ["brave", "BRAVE_API_KEY"],
    ["searxng", "SEARXNG_URL"],
  ] as const) {
    const search = openSearch(name, { services, env: {} });
    const failure = { code: "search_failed", message: expect.stringContaining(variable) };
    await expect(search.search("q", { limit: 1 })).rejects.toMatchObject(failure);
  }
});

test("a service is asked one question at a time, with a pause, and left alone when it asks for that", async () => {
  const services = new Services({ userAgent: "x" });
  const service = { title: "Quiet", gapMs: 40, advice: "x" };
  const ask = () => services.ask(service, { url: new URL(base) });
  answer = { status: 200, body: "ok" };
  const started = performance.now();
  await Promise.all([ask(), ask(), ask()]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(78);
  answer = { status: 503, body: "", headers: { "retry-after": new Date(Date.now() + 90_000).toUTCString() } };
  await expect(ask()).rejects.toMatchObject({ code: "asked_to_wait" });
  asked = undefined;
  await expect(ask()).rejects.toMatchObject({ code: "asked_to_wait" });
  expect(asked).toBeUndefined();
});
