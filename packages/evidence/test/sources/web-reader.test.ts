import { setTimeout as sleep } from "node:timers/promises";
import { retryAfter } from "../../src/sources/visits.js";
import { WebReader } from "../../src/sources/web-reader.js";
import { type TestWeb, testWeb } from "../support/web.js";

const ROBOTS: Record<string, string> = {
  "rules.example": "User-agent: *\nDisallow: /\n\nUser-agent: vibewriter\nDisallow: /private\nAllow: /private/open",
  "slow.example": "User-agent: *\nCrawl-delay: 0.2",
  "patient.example": "User-agent: *\nCrawl-delay: 3600",
  "never.example": "User-agent: *\nCrawl-delay: 1000000000000000",
};
let web: TestWeb;
let busy = 0;

beforeAll(async () => {
  web = await testWeb(async (place, response) => {
    const [host = "", path = ""] = [place.slice(0, place.indexOf("/")), place.slice(place.indexOf("/"))];
    if (path === "/robots.txt") {
      if (host === "down.example") response.writeHead(503).end();
      else if (host === "moved.example") response.writeHead(301, { location: "http://rules.example/robots.txt" }).end();
      else if (host === "cut.example") {
        response.writeHead(200, { "content-length": "1000" }).write("User-agent: *");
        setImmediate(() => response.destroy());
      } else if (ROBOTS[host] === undefined) return false;
      else response.writeHead(200, { "content-type": "text/plain" }).end(ROBOTS[host]);
      return true;
    }
    if (path === "/busy") response.writeHead(busy++ === 0 ? 503 : 200, { "retry-after": "0" });
    else if (path === "/ages") response.writeHead(429, { "retry-after": "99999999999999" });
    else if (path === "/closed") response.writeHead(429, { "retry-after": "3600" });
    else if (path === "/lead") response.writeHead(302, { location: web.at("rules.example", "/private/x") });
    else if (path === "/gone") return false;
    await sleep(5);
    response.end("text");
    return true;
  });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
});

const open = (gapMs = 0) => new WebReader({ dispatcher: web.dispatcher, contact: "me@example.org", gapMs });
const read = (reader: WebReader, host: string, path: string) => reader.page(web.at(host, path), { maxBytes: 1_000 });

test("a site's robots.txt is asked for once, and heeded, also where another site leads into it", async () => {
  const reader = open();
  await read(reader, "rules.example", "/a");
  await read(reader, "rules.example", "/private/open");
  for (const [host, path] of [
    ["rules.example", "/private/x"],
    ["other.example", "/lead"],
  ] as const) {
    await expect(read(reader, host, path)).rejects.toMatchObject({
      code: "disallowed",
      message: expect.stringContaining("robots.txt of rules.example"),
    });
  }
  expect(web.asked.filter((place) => place === "rules.example/robots.txt")).toHaveLength(1);
  expect(web.asked.filter((place) => place.endsWith("/private/x"))).toEqual([]);
});

test("a site without robots.txt may be read; one whose robots.txt cannot be had now may not", async () => {
  const reader = open();
  expect((await read(reader, "plain.example", "/a")).bytes).toHaveLength(4);
  await expect(read(reader, "down.example", "/a")).rejects.toMatchObject({ code: "disallowed" });
  await expect(read(reader, "plain.example", "/gone")).rejects.toMatchObject({ code: "dead_link" });
});

test("a host is asked one thing at a time, with the pause that it wants; others do not wait for it", async () => {
  const reader = open();
  const started = performance.now();
  const slow = Promise.all(["/1", "/2", "/3"].map((path) => read(reader, "slow.example", path)));
  await Promise.all(["/1", "/2"].map((path) => read(reader, "plain.example", path)));
  await slow;
  expect(performance.now() - started).toBeGreaterThanOrEqual(395);
  const pages = web.asked.filter((place) => /^(slow|plain)\.example\/\d$/.test(place));
  expect(pages.slice(-1)).toEqual(["slow.example/3"]);
  expect(web.mostAtOnce()).toBe(1);
});

test("who would have to wait too long for a turn is told when instead", async () => {
  const reader = open();
  await read(reader, "patient.example", "/1");
  await expect(read(reader, "patient.example", "/2")).rejects.toMatchObject({
    code: "asked_to_wait",
    message: expect.stringMatching(/^patient\.example.* until 20\d\d-/),
  });
});

test("a server that wants a moment gets it; one that wants an hour is not asked again", async () => {
  const reader = open();
  expect(new TextDecoder().decode((await read(reader, "plain.example", "/busy")).bytes)).toBe("text");
  await expect(read(reader, "plain.example", "/closed")).rejects.toMatchObject({ code: "asked_to_wait" });
  const before = web.asked.length;
  await expect(read(reader, "plain.example", "/a")).rejects.toMatchObject({ code: "asked_to_wait" });
  expect(web.asked).toHaveLength(before);
});

test("what a server says wrongly of itself is an answer that can be read, not a failure of who reads", async () => {
  const reader = open();
  await expect(read(reader, "cut.example", "/a")).rejects.toMatchObject({
    name: "EvidenceError",
    code: "fetch_failed",
  });
  await expect(read(reader, "ages.example", "/ages")).rejects.toMatchObject({
    code: "asked_to_wait",
    message: expect.stringMatching(/until 20\d\d-/),
  });
  await read(reader, "never.example", "/1");
  await expect(read(reader, "never.example", "/2")).rejects.toMatchObject({ code: "asked_to_wait" });
});

test("servers are told who reads", () => {
  expect(open().userAgent).toBe("Vibewriter/0.1 (me@example.org; research agent; reads single pages for a person)");
  expect(retryAfter("120")).toBe(120_000);
  expect(retryAfter("Wed, 21 Oct 2026 07:28:30 GMT", Date.parse("2026-10-21T07:28:00Z"))).toBe(30_000);
  expect([retryAfter(null), retryAfter("soon"), retryAfter("-5")]).toEqual([undefined, undefined, 0]);
});
