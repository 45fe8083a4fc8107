import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent, type Dispatcher } from "undici";
import { isPublicAddress, publicLookup } from "../../src/sources/address.js";
import { fetchPage, publicAgent } from "../../src/sources/fetch.js";

const seen: IncomingMessage[] = [];
let server: Server;
let port: number;
let dispatcher: Agent;

const routes: Record<string, (response: ServerResponse) => void> = {
  "/page": (r) => r.writeHead(200, { "content-type": "text/html" }).end("<p>Hello</p>"),
  "/moved": (r) => r.writeHead(301, { location: "/page" }).end(),
  "/private": (r) => r.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
  "/mapped": (r) => r.writeHead(302, { location: `http://[::ffff:127.0.0.1]:${port}/page` }).end(),
  "/file": (r) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/loop": (r) => r.writeHead(302, { location: "/loop" }).end(),
  "/large": (r) => r.writeHead(200, { "content-type": "text/plain" }).end("x".repeat(200_000)),
  "/bomb": (r) => r.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(5_000_000))),
  "/gone": (r) => r.writeHead(404).end(),
  "/paid": (r) => r.writeHead(402).end(),
  "/latin": (r) =>
    r
      .writeHead(200, {
        "content-type": "text/html; charset=iso-8859-1",
        "last-modified": "Tue, 01 Sep 2026 00:00:00 GMT",
        etag: '"abc"',
        "content-language": "fr",
        "set-cookie": "who=you",
        link: '</style.css>; rel="preload", </page>; rel="canonical"',
      })
      .end(Buffer.from([0xe9])),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    routes[request.url ?? ""]?.(response) ?? response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  // Every name leads to the test's server; the rest of the policy is the real one.
  dispatcher = new Agent({
    connect: {
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
    },
  });
});
afterAll(async () => {
  await dispatcher.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const USER_AGENT = "Vibewriter/0.1 (test)";
const get = (path: string, maxBytes = 100_000) =>
  fetchPage(`http://pages.example:${port}${path}`, { maxBytes, dispatcher, userAgent: USER_AGENT });

test("a page is fetched with GET, by name, following redirects", async () => {
  const page = await get("/moved");
  expect(new TextDecoder().decode(page.bytes)).toBe("<p>Hello</p>");
  expect(page.mediaType).toBe("text/html");
  expect(page.finalUri).toBe(`http://pages.example:${port}/page`);
  expect(seen.every((request) => request.method === "GET" && request.headers["user-agent"] === USER_AGENT)).toBe(true);
  expect(seen.some((request) => request.headers.cookie || request.headers.authorization)).toBe(false);
});

test("redirects to private places and other schemes are refused", async () => {
  for (const path of ["/private", "/mapped", "/file"])
    await expect(get(path)).rejects.toMatchObject({ code: "address_refused" });
});

test("endless redirects, large bodies, bombs and missing pages each have a sentence", async () => {
  await expect(get("/loop")).rejects.toMatchObject({
    code: "fetch_failed",
    message: expect.stringContaining("more than 5 times"),
  });
  await expect(get("/large")).rejects.toMatchObject({ code: "too_large" });
  await expect(get("/bomb")).rejects.toMatchObject({ code: "too_large" });
  await expect(get("/gone")).rejects.toMatchObject({
    code: "dead_link",
    message: expect.stringContaining("does not exist"),
  });
  await expect(get("/paid")).rejects.toMatchObject({
    code: "needs_login",
    message: expect.stringContaining("give the text as a file"),
  });
  await expect(get("/reset")).rejects.toMatchObject({ code: "fetch_failed" });
});

test("a page keeps its bytes, its encoding, and what its server says of it, and nothing about its reader", async () => {
  const page = await get("/latin");
  expect([...page.bytes]).toEqual([0xe9]);
  expect(page.mediaType).toBe("text/html; charset=iso-8859-1");
  expect(page.headers).toEqual({
    date: expect.any(String),
    lastModified: "Tue, 01 Sep 2026 00:00:00 GMT",
    etag: '"abc"',
    contentLanguage: "fr",
    canonical: `http://pages.example:${port}/page`,
  });
});

test("a host that does not exist is a dead link", async () => {
  const nowhere = new Agent({
    connect: { lookup: (host, _options, done) => done(Object.assign(new Error(host), { code: "ENOTFOUND" }), "", 0) },
  });
  const o = { maxBytes: 1, dispatcher: nowhere, userAgent: USER_AGENT };
  await expect(fetchPage("https://gone.example/", o)).rejects.toMatchObject({ code: "dead_link" });
  await nowhere.destroy();
});

test("without the test's connections, no name or number leads to this machine", async () => {
  const publicOnly: Dispatcher = publicAgent();
  const real = (uri: string) => fetchPage(uri, { maxBytes: 1_000, dispatcher: publicOnly, userAgent: USER_AGENT });
  for (const host of [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0x7f.1",
    "2130706433",
    "0.0.0.0",
    "10.0.0.1",
    "localhost.",
    "a.localhost",
    "[fd00::1]",
    "100.64.0.1",
  ]) {
    const before = seen.length;
    await expect(real(`http://${host}:${port}/page`), host).rejects.toMatchObject({ code: "address_refused" });
    expect(seen.length).toBe(before);
  }
  await expect(real("http://user:pass@example.org/")).rejects.toMatchObject({ code: "address_refused" });
  await expect(real("ftp://example.org/")).rejects.toMatchObject({ code: "address_refused" });
  await publicOnly.destroy();
});

test("a name that resolves to a private address is refused when the socket connects", async () => {
  const agent = new Agent({
    connect: {
      lookup: publicLookup(async () => [
        { address: "93.184.216.34", family: 4 },
        { address: "192.168.1.1", family: 4 },
      ]),
    },
  });
  const o = { maxBytes: 1, dispatcher: agent, userAgent: USER_AGENT };
  await expect(fetchPage("http://rebound.example/", o)).rejects.toMatchObject({ code: "address_refused" });
  await agent.destroy();
});

test("address ranges", () => {
  for (const address of ["1.1.1.1", "2606:4700:4700::1111"]) expect(isPublicAddress(address), address).toBe(true);
  for (const address of [
    "64:ff9b::7f00:1",
    "::",
    "fe80::1%eth0",
    "224.0.0.1",
    "192.0.2.1",
    "2002:7f00:1::",
    "198.18.0.1",
    "x",
  ]) {
    expect(isPublicAddress(address), address).toBe(false);
  }
});
