import { execFile } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { connect, createServer } from "node:net";
import os from "node:os";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import type { DoorConnection } from "../../src/gateway/doors.js";
import { renewMs } from "../../src/gateway/tokens.js";
import { type EgressPolicy, MicroVMError } from "../../src/index.js";
import { DoorGuest, END } from "../support/door-guest.js";
import { TestInternet } from "../support/outside.js";

const run = promisify(execFile);
const open: EgressPolicy = { allow: [{ host: "www.example.com" }, { host: "*.example.net" }] };

let internet: TestInternet;
let guest: DoorGuest;
let seen: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string }[];

beforeEach(async () => {
  internet = new TestInternet();
  guest = await DoorGuest.open();
  seen = [];
  internet.know("www.example.com", "one.example.net");
  await internet.http(80, async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    if (url === "/to-metadata") response.writeHead(302, { location: "http://169.254.169.254/latest/" });
    if (url === "/large") response.end(Buffer.alloc(200_000, 65));
    else response.end(`hello from ${headers.host}`);
  });
});

afterEach(async () => {
  await guest[Symbol.asyncDispose]();
  await internet[Symbol.asyncDispose]();
});

/** What curl prints, and the status. */
async function curl(...args: string[]) {
  const { stdout } = await run("curl", [
    "-sS",
    "--proxy",
    guest.proxy,
    "-w",
    "\n%{http_code}",
    "--max-time",
    "20",
    ...args,
  ]);
  const lines = stdout.split("\n");
  return { status: Number(lines.pop()), body: lines.join("\n") };
}

const get = (url: string, ...headers: string[]) => {
  const host = /^\w+:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  return `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;
};

describe("pages and APIs", () => {
  it("are fetched for the program, both ways, without what is between it and the proxy", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const headers = [
      "-H",
      "X-Own: 1",
      "-H",
      "Connection: close, X-Hop",
      "-H",
      "X-Hop: 1",
      "-H",
      "Proxy-Authorization: x",
    ];
    expect(await curl(...headers, "-d", "a body", "http://WWW.example.com./path?q=secret")).toEqual({
      status: 200,
      body: "hello from www.example.com",
    });
    expect(seen).toMatchObject([{ method: "POST", url: "/path?q=secret", body: "a body", headers: { "x-own": "1" } }]);
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["x-hop"]));
    expect(seen[0]?.headers).not.toHaveProperty("proxy-authorization");
    expect(internet.asked).toEqual(["www.example.com"]);
    expect(internet.connected).toEqual(["93.184.215.14:80"]);
    const record = await internet.audit();
    expect(record).toMatchObject({
      vm: "vm",
      door: "proxy",
      outcome: "allowed",
      method: "POST",
      port: 80,
      status: 200,
    });
    expect(record).toMatchObject({
      host: "www.example.com",
      bytesUp: expect.any(Number),
      bytesDown: expect.any(Number),
    });
    expect(record.bytesUp).toBeGreaterThan(6);
    expect(record.bytesDown).toBeGreaterThan(26);
    expect(JSON.stringify(record)).not.toMatch(/secret|path/);
  });

  it("come in chunks, large, and by HTTP/1.0 as well", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const { body } = await curl("-H", "Transfer-Encoding: chunked", "-d", "in chunks", "http://one.example.net/large");
    expect(body).toHaveLength(200_000);
    expect(seen).toMatchObject([{ body: "in chunks", headers: { "transfer-encoding": "chunked" } }]);
    expect(await guest.say("GET http://one.example.net/ HTTP/1.0\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 200 .*one\.example\.net$/s,
    );
  });

  it("are denied where nothing allows them, and nobody is asked for the name", async () => {
    await using _ = guest.attach(internet.gateway(), { allow: [] });
    expect(await curl("http://www.example.com/")).toEqual({
      status: 403,
      body: "This VM may not do GET to www.example.com:80; ask the operator to allow it, or work without it.\n",
    });
    expect(await internet.audit()).toMatchObject({
      outcome: "refused",
      reason: "not_allowed",
      host: "www.example.com",
    });
    expect([internet.asked, internet.connected, seen]).toEqual([[], [], []]);
  });

  it.each([
    ["http://93.184.215.14/", "direct_address"],
    ["http://169.254.169.254/latest/meta-data/", "direct_address"],
    ["http://10.0.0.1/", "direct_address"],
    ["http://2852039166/", "direct_address"],
    ["http://0xa9fea9fe/", "direct_address"],
    ["http://0251.0376.0251.0376/", "direct_address"],
    ["http://[::1]/", "direct_address"],
    ["http://[::ffff:169.254.169.254]/", "direct_address"],
    ["http://[fd00:ec2::254]/", "direct_address"],
    ["http://metadata.google.internal/", "private_address"],
    ["http://localhost/", "private_address"],
    ["http://www.example.com@169.254.169.254/", "bad_request"],
    ["http://www.example.com:22/", "not_allowed"],
    ["http://c2VjcmV0.exfil.example.org/", "not_allowed"],
    ["ftp://www.example.com/", "scheme"],
    ["gopher://127.0.0.1:6379/_SET", "scheme"],
  ])("%s is refused and audited", async (url, reason) => {
    await using _ = guest.attach(internet.gateway(), open);
    expect(await guest.say(get(url))).toMatch(new RegExp(`^HTTP/1.1 40[03] .*x-vibewriter-refusal: ${reason}`, "s"));
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason });
    expect([internet.asked, internet.connected]).toEqual([[], []]);
  });

  it.each([
    ["a private address", ["10.1.2.3"]],
    ["the metadata service", ["169.254.169.254"]],
    ["loopback", ["127.0.0.1"]],
    ["IPv6 loopback", ["::1"]],
    ["a mapped address", ["::ffff:169.254.169.254"]],
    ["an address behind NAT64", ["64:ff9b::a9fe:a9fe"]],
    ["a public address and a private one", ["93.184.215.14", "192.168.0.1"]],
    ["no address at all but words", ["localhost"]],
  ])("a name that leads to %s is refused and audited", async (_what, addresses) => {
    await using _ = guest.attach(internet.gateway(), open);
    internet.names.set("www.example.com", addresses);
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 403 });
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "private_address" });
    expect(internet.connected).toEqual([]);
  });

  it("a name that leads to this host itself is refused, though its address be public", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const own = {
      address: "93.184.215.14",
      family: "IPv4",
      internal: false,
      netmask: "",
      mac: "",
      cidr: null,
    } as const;
    const interfaces = vi.spyOn(os, "networkInterfaces").mockReturnValue({ eth0: [own] });
    syncBuiltinESMExports();
    try {
      expect(await curl("http://www.example.com/")).toMatchObject({ status: 403 });
    } finally {
      interfaces.mockRestore();
      syncBuiltinESMExports();
    }
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "private_address" });
    expect(internet.connected).toEqual([]);
  });

  it("a name is resolved once for a request: what was checked is what is connected to", async () => {
    const answers = [["93.184.215.14"], ["127.0.0.1"]];
    const gateway = internet.gateway({ resolve: async () => answers.shift() ?? [] });
    await using _ = guest.attach(gateway, open);
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 403 });
    expect(internet.connected).toEqual(["93.184.215.14:80"]);
  });

  it("a redirect is the program's to follow, and checked when it does", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    expect(await curl("-L", "http://www.example.com/to-metadata")).toMatchObject({ status: 403 });
    await vi.waitFor(() => expect(internet.audits).toHaveLength(2), 20_000);
    expect(internet.audits[0]).toMatchObject({ outcome: "allowed", status: 302 });
    expect(internet.audits[1]).toMatchObject({ outcome: "refused", reason: "direct_address", method: "GET" });
  });

  it("unknown names and dead servers are said to be so", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    expect(await curl("http://nowhere.example.net/")).toMatchObject({
      status: 502,
      body: expect.stringMatching(/no server/),
    });
    expect(await internet.audit()).toMatchObject({ outcome: "failed", reason: "name_not_found" });
    expect(await curl("http://www.example.com:443/")).toMatchObject({
      status: 502,
      body: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(await internet.audit()).toMatchObject({ outcome: "failed", reason: "unreachable" });
  });
});

describe("a server that is opened for one VM", () => {
  it("is reached by that VM at that port until it is closed, and what it is saying then is cut off", async () => {
    const gateway = internet.gateway();
    await using other = await DoorGuest.open();
    await using _ = guest.attach(gateway, { allow: [] });
    await using __ = other.attach(gateway, { allow: [] }, { id: "copy" });
    const refused: string[] = [];
    using _watch = gateway.watch("vm", ({ host, port }) => refused.push(`${host}:${port}`));
    {
      using _open = gateway.open("vm", { host: "WWW.example.com", port: 80 });
      using _again = gateway.open("vm", { host: "www.example.com", port: 80 });
      expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
      expect(await curl("http://www.example.com:8080/")).toMatchObject({ status: 403 });
      expect(await curl("http://sub.www.example.com/")).toMatchObject({ status: 403 });
      const copied = await run("curl", ["-sS", "--proxy", other.proxy, "http://www.example.com/"]);
      expect(copied.stdout).toMatch(/may not do GET/);
      expect(refused.splice(0)).toEqual(["www.example.com:8080", "sub.www.example.com:80"]);
    }
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 403 });
    expect([refused, internet.asked]).toEqual([["www.example.com:80"], ["www.example.com"]]);
    internet.audits.length = 0;
    const another = gateway.open("vm", { host: "www.example.com", port: 443 });
    const opening = gateway.open("vm", { host: "www.example.com", port: 443 });
    await internet.serve(443, createServer());
    const socket = connect(guest.port("proxy"), "127.0.0.1").on("error", () => undefined);
    socket.write("CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n");
    expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
    // Whoever opened it first lets go, twice: the other one holds it still.
    another[Symbol.dispose]();
    another[Symbol.dispose]();
    await expect(once(socket, "close", { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    opening[Symbol.dispose]();
    await once(socket, "close");
    expect(await internet.audit()).toMatchObject({ host: "www.example.com", reason: "not_allowed" });
    await vi.waitFor(() => expect(internet.openConnections).toBe(0), 20_000);
  });

  it("is reached by no other method than those that the operator has named for it, and nobody is told to ask", async () => {
    const gateway = internet.gateway();
    await using _ = guest.attach(gateway, { allow: [{ host: "www.example.com", methods: ["GET"] }] });
    const refused: string[] = [];
    using _watch = gateway.watch("vm", ({ host }) => refused.push(host));
    using _open = gateway.open("vm", { host: "www.example.com", port: 80 });
    using _tunnel = gateway.open("vm", { host: "www.example.com", port: 443 });
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
    expect(await curl("-d", "x", "http://www.example.com/")).toMatchObject({ status: 403 });
    expect(await guest.say("CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n")).toMatch(
      / 403 /,
    );
    expect(refused).toEqual([]);
  });

  it.each([
    "127.0.0.1",
    "169.254.169.254",
    "[::1]",
    "0x7f000001",
    "localhost",
    "metadata.google.internal",
    "*.org",
    "a:1",
  ])("is not %s", (host) => {
    expect(() => internet.gateway().open("vm", { host, port: 443 })).toThrow(MicroVMError);
  });

  it("is not reached where its name leads to a private address, or its redirect elsewhere", async () => {
    const gateway = internet.gateway();
    await using _ = guest.attach(gateway, { allow: [] });
    using _open = gateway.open("vm", { host: "www.example.com", port: 80 });
    expect(await curl("-L", "http://www.example.com/to-metadata")).toMatchObject({ status: 403 });
    internet.names.set("www.example.com", ["169.254.169.254"]);
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 403 });
    expect(internet.audits.map(({ reason }) => reason)).toEqual([undefined, "direct_address", "private_address"]);
    expect(internet.connected).toEqual(["93.184.215.14:80"]);
  });
});

describe("a hostile client", () => {
  const rest = "GET http://www.example.com/smuggled HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
  const post = (...lines: string[]) =>
    `POST http://www.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n${lines.join("\r\n")}\r\n\r\n`;

  it.each<[string, string]>([
    ["two lengths", `${post("Content-Length: 1", "Content-Length: 2")}a`],
    ["a length and chunks", `${post("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n${rest}`],
    ["chunks, misspelled", `${post("Transfer-Encoding: xchunked")}0\r\n\r\n${rest}`],
    ["chunks, not last", `${post("Transfer-Encoding: chunked, identity")}0\r\n\r\n${rest}`],
    ["another coding", `${post("Transfer-Encoding: gzip, chunked")}0\r\n\r\n`],
    ["a length with a sign", `${post("Content-Length: +1")}a`],
    ["a negative length", `${post("Content-Length: -1")}a`],
    ["a space before the colon", `${post("Content-Length : 1")}a`],
    ["a folded header", `${post("X-A: 1\r\n Content-Length: 5")}abcde`],
    ["a lone carriage return", `${post("X-A: 1\rContent-Length: 5")}abcde`],
    ["a NUL", post("X-A: 1\0")],
    ["no Host", "GET http://www.example.com/ HTTP/1.1\r\n\r\n"],
    ["two Hosts", get("http://www.example.com/", "Host: other.example.net")],
    ["another Host", "GET http://www.example.com/ HTTP/1.1\r\nHost: one.example.net\r\n\r\n"],
    ["a chunk size past any number", `${post("Transfer-Encoding: chunked")}fffffffffffffffff\r\na`],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00"],
  ])("%s: refused, and no server hears of it", async (_what, bytes) => {
    await using _ = guest.attach(internet.gateway(), open);
    expect(await guest.say(bytes)).toMatch(/^HTTP\/1\.1 400 |^$/);
    expect(await internet.audit()).not.toMatchObject({ outcome: "allowed" });
    expect(seen).toEqual([]);
  });

  it("what follows the first request is thrown away", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const heard = await guest.say(get("http://www.example.com/first") + rest + rest);
    expect(heard.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(seen.map(({ url }) => url)).not.toContain("/smuggled");
    expect(internet.audits).toHaveLength(1);
  });

  it("whatever it writes, only what the policy names is connected to", async () => {
    await using _ = guest.attach(internet.gateway(), {
      allow: [{ host: "www.example.com" }],
      requestsPerMinute: 10_000,
    });
    const valid =
      "GET http://www.example.com/a HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok";
    const pieces = [
      "\r\n",
      "\0",
      ":",
      "@",
      "http://169.254.169.254/",
      "CONNECT ",
      "[::1]",
      "127.0.0.1:80 ",
      "Host: x\r\n",
      "\xff",
    ];
    let seed = 11;
    const random = (below: number) => {
      seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
      return ((seed ^ (seed >>> 13)) >>> 0) % below;
    };
    const outcomes = new Set<string>();
    for (let round = 0; round < 600; round++) {
      let text = valid;
      for (let changes = 1 + random(3); changes > 0; changes--) {
        const at = random(text.length);
        text = text.slice(0, at) + (pieces[random(pieces.length * 2)] ?? "") + text.slice(at + random(4));
      }
      outcomes.add((await guest.say(Buffer.from(text, "latin1"), END)).slice(9, 12));
    }
    expect(new Set(internet.connected)).toEqual(new Set(["93.184.215.14:80"]));
    expect(internet.asked.every((name) => name === "www.example.com")).toBe(true);
    expect([...outcomes]).toEqual(expect.arrayContaining(["400", "403"]));
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
  });

  it("headers without end are cut", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    expect(await guest.say(get("http://www.example.com/", `X-A: ${"a".repeat(20_000)}`))).toMatch(/^HTTP\/1\.1 431 /);
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "headers_too_large" });
  });

  it("headers that trickle in are not waited for longer than ten seconds", { timeout: 20_000 }, async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const socket = connect(guest.port("proxy"), "127.0.0.1");
    const started = Date.now();
    const drip = setInterval(() => socket.write("X-A: 1\r\n"), 500);
    socket.write("GET http://www.example.com/ HTTP/1.1\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    clearInterval(drip);
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(Date.now() - started).toBeLessThan(14_000);
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "slow_request" });
  });

  it("what it puts into a record is printable and short", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    await guest.say(get(`http://${"a".repeat(60)}.example.org/`));
    expect(await internet.audit()).toMatchObject({ host: `${"a".repeat(60)}.example.org` });
    await guest.say("GET http://gateway/\x1b[31m\xff HTTP/1.1\r\nHost: gateway\r\n\r\n");
    expect(JSON.stringify(await internet.audit())).not.toMatch(/\\u001b|\u00ff/);
  });
});

describe("a server that answers badly", () => {
  it.each<[string, string]>([
    ["headers without end", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`],
    ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello"],
    ["no HTTP", "SSH-2.0-x\r\n"],
    ["nothing", ""],
  ])("%s: 502", async (_what, bytes) => {
    await internet.serve(
      8080,
      createServer((socket) => void socket.on("error", () => undefined).once("data", () => socket.end(bytes))),
    );
    await using _ = guest.attach(internet.gateway(), { allow: [{ host: "www.example.com", ports: [8080] }] });
    expect(await curl("http://www.example.com:8080/")).toMatchObject({ status: 502 });
    expect(await internet.audit()).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/bad_answer|connection_lost/),
    });
  });
});

describe("limits", () => {
  it("requests a minute", async () => {
    await using _ = guest.attach(internet.gateway(), { ...open, requestsPerMinute: 2 });
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await curl("http://www.example.com/")).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(internet.audits.at(-1)).toMatchObject({ outcome: "refused", reason: "too_many_requests" });
  });

  it("bytes in all, also after the VM was started again", async () => {
    const gateway = internet.gateway();
    {
      await using _ = guest.attach(gateway, { ...open, maxBytes: 100_000 });
      await expect(curl("http://www.example.com/large")).rejects.toThrow();
      expect(await internet.audit()).toMatchObject({ outcome: "failed", reason: "byte_limit" });
    }
    await using again = await DoorGuest.open();
    await using _ = again.attach(gateway, { ...open, maxBytes: 100_000 });
    expect(await again.say(get("http://www.example.com/"))).toMatch(/^HTTP\/1\.1 403 .*byte_limit/s);
  });

  it("bytes a second", async () => {
    await using _ = guest.attach(internet.gateway(), { ...open, bytesPerSecond: 100_000 });
    const started = performance.now();
    expect((await curl("http://www.example.com/large")).body).toHaveLength(200_000);
    // The first second's worth comes at once.
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it("connections at once: the next one waits until one has ended", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const idle = Array.from({ length: 70 }, () =>
      connect(guest.port("proxy"), "127.0.0.1").on("error", () => undefined),
    );
    const late = curl("http://www.example.com/");
    const first = await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 500, "waits"))]);
    expect(first).toBe("waits");
    for (const socket of idle) socket.destroy();
    expect(await late).toMatchObject({ status: 200 });
  });

  it("names under a wildcard", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const refused = await guest.say(get(`http://${"a".repeat(40)}.${"b".repeat(40)}.example.net/`));
    expect(refused).toMatch(/^HTTP\/1\.1 429 .*too_many_names/s);
    expect(internet.asked).toEqual([]);
  });
});

describe("a VM's pass", () => {
  it("an old one, or another VM's, opens nothing; the right one does", async () => {
    const gateway = internet.gateway();
    await using other = await DoorGuest.open();
    await using _ = guest.attach(gateway, open, { id: "one" });
    await using __ = other.attach(gateway, { allow: [] }, { id: "two" });
    await vi.waitFor(() => expect([guest.granted.length, other.granted.length]).toEqual([1, 1]), 20_000);
    expect(guest.token).not.toBe(other.token);
    const own = guest.token;
    for (const token of ["", "none yet", other.token, `${own} `]) {
      guest.token = token;
      expect(await guest.say(get("http://www.example.com/"))).toMatch(/^HTTP\/1\.1 407 .*bad_token/s);
      expect(await internet.audit()).toMatchObject({ vm: "one", outcome: "refused", reason: "bad_token" });
    }
    guest.token = own;
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
    expect(await other.say(get("http://www.example.com/"))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("is renewed long before it ends, and the program notices nothing", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      await using _ = guest.attach(internet.gateway(), open);
      const first = guest.token;
      vi.advanceTimersByTime(renewMs);
      expect(guest.granted).toEqual([first, expect.stringMatching(/^[\w-]{43}$/)]);
      const second = guest.token;
      expect(second).not.toBe(first);
      for (const token of [first, second]) {
        guest.token = token;
        expect(await guest.say(get("http://www.example.com/"))).toMatch(/^HTTP\/1\.1 200 /);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it("is tried for again where the VM is only busy, and a failure is told where it is not", async () => {
    const failures: unknown[] = [];
    const gateway = internet.gateway({ onFailure: (_id, error) => failures.push(error) });
    const busy = [new MicroVMError("timed_out", "It is busy."), new MicroVMError("too_many_streams", "It is full.")];
    const vm = { id: "vm", epoch: 1, labels: {}, policy: open };
    const accept: DoorConnection["accept"] = (door, signal) => guest.accept(door, signal);
    const call: DoorConnection["call"] = async (request) => {
      const error = busy.shift();
      if (error) throw error;
      return await guest.call(request);
    };
    await using _ = gateway.attach({ ...vm, connection: { accept, call } });
    expect(await curl("http://www.example.com/")).toMatchObject({ status: 200 });
    expect(busy).toEqual([]);
    const unknown = () => Promise.reject(new MicroVMError("unknown_op", "What?"));
    await using __ = gateway.attach({ ...vm, connection: { accept, call: unknown } });
    await vi.waitFor(() => expect(failures).toMatchObject([{ code: "unknown_op" }]), 20_000);
  });

  it("ends with the attachment, and so do its connections", async () => {
    const gateway = internet.gateway();
    const attachment = guest.attach(gateway, open);
    const socket = connect(guest.port("proxy"), "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    await vi.waitFor(() => expect(guest.granted).toHaveLength(1), 20_000);
    const closed = once(socket, "close");
    await attachment[Symbol.asyncDispose]();
    socket.destroy();
    await closed;
    const before = guest.token;
    await using _ = guest.attach(gateway, open);
    await vi.waitFor(() => expect(guest.granted).toHaveLength(2), 20_000);
    expect(guest.token).not.toBe(before);
    guest.token = before;
    expect(await guest.say(get("http://www.example.com/"))).toMatch(/^HTTP\/1\.1 407 /);
  });
});
