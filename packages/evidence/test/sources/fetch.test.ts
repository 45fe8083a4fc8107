import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { Agent } from "undici";
import { isPublicAddress, publicLookup } from "../../src/sources/address.js";
import { fetchPage } from "../../src/sources/fetch.js";

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

const get = (path: string, maxBytes = 100_000) =>
  fetchPage(`http://pages.example:${port}${path}`, { maxBytes, dispatcher });

test("a page is fetched with GET, by name, following redirects", async () => {
  const page = await get("/moved");
  expect(new TextDecoder().decode(page.bytes)).toBe("<p>Hello</p>");
  expect(page.mediaType).toBe("text/html");
  expect(
    seen.every((request) => request.method === "GET" && /Vibewriter/.test(request.headers["user-agent"] ?? "")),
  ).toBe(true);
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
    code: "fetch_failed",
    message: expect.stringContaining("does not exist"),
  });
  await expect(get("/reset")).rejects.toMatchObject({ code: "fetch_failed" });
});

test("without the test's connections, no name or number leads to this machine", async () => {
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
    await expect(fetchPage(`http://${host}:${port}/page`, { maxBytes: 1000 }), host).rejects.toMatchObject({
      code: "address_refused",
    });
    expect(seen.length).toBe(before);
  }
  await expect(fetchPage("http://user:pass@example.org/", { maxBytes: 1 })).rejects.toMatchObject({
    code: "address_refused",
  });
  await expect(fetchPage("ftp://example.org/", { maxBytes: 1 })).rejects.toMatchObject({ code: "address_refused" });
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
  await expect(fetchPage("http://rebound.example/", { maxBytes: 1, dispatcher: agent })).rejects.toMatchObject({
    code: "address_refused",
  });
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
