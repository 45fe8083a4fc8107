import { execFile } from "node:child_process";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { EgressGateway, type UpstreamOptions } from "../../src/index.js";
import { DoorGuest } from "../support/door-guest.js";
import { TestInternet } from "../support/outside.js";

const run = promisify(execFile);
const key = "sk-test-0123456789abcdefghij";
let current: string | undefined = key;
const api: UpstreamOptions = {
  name: "model",
  baseUrl: "https://api.example.com/base",
  header: "X-Api-Key",
  valueFrom: () => current,
  methods: ["POST", "GET"],
  paths: ["/v1/messages", "/v1/models"],
};
const search: UpstreamOptions = {
  name: "search",
  baseUrl: "https://search.example.com:8443",
  header: "authorization",
  valueFrom: () => `Bearer ${key}-of-search`,
};
const policy = { allow: [{ host: "www.example.net" }], upstreams: ["model"] };

let internet: TestInternet;
let guest: DoorGuest;
let seen: { url?: string; headers: Record<string, unknown>; body: string }[];
let answer: { status?: number; headers?: Record<string, string>; body: string };

beforeEach(async () => {
  current = key;
  seen = [];
  answer = { body: "fine" };
  internet = new TestInternet();
  guest = await DoorGuest.open();
  internet.know("api.example.com", "search.example.com", "www.example.net");
  const listener: Parameters<TestInternet["https"]>[1] = async (request, response) => {
    seen.push({ url: request.url, headers: request.headers, body: await text(request) });
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  };
  await internet.https(443, listener);
  await internet.https(8443, listener);
  await internet.http(80, listener);
});

afterEach(async () => {
  await guest[Symbol.asyncDispose]();
  await internet[Symbol.asyncDispose]();
  expect(JSON.stringify(internet.audits)).not.toContain(key.slice(0, 14));
});

async function curl(...args: string[]) {
  const proxy = args.at(-1)?.startsWith("http://127.") ? [] : ["--proxy", guest.proxy];
  const { stdout } = await run("curl", ["-sS", "-i", "--path-as-is", "--max-time", "20", ...proxy, ...args]);
  return stdout;
}

const attach = (o = policy) => guest.attach(internet.gateway({ upstreams: [api, search] }), o);

describe("an upstream with a credential", () => {
  it("gets it from the host, and no other", async () => {
    await using _ = attach();
    const own = [
      "-H",
      "x-api-key: mine",
      "-H",
      "Authorization: Bearer mine",
      "-H",
      "Cookie: a=b",
      "-H",
      "X-Other: kept",
    ];
    const heard = await curl(...own, "-d", "{}", "http://gateway/model/v1/messages?beta=true");
    expect(heard).toMatch(/^HTTP\/1\.1 200 .*fine$/s);
    expect(seen).toMatchObject([{ url: "/base/v1/messages?beta=true", body: "{}" }]);
    expect(seen[0]?.headers).toMatchObject({ "x-api-key": key, host: "api.example.com", "x-other": "kept" });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
    expect(seen[0]?.headers).not.toHaveProperty("cookie");
    const record = await internet.audit();
    expect(record).toMatchObject({
      outcome: "allowed",
      name: "model",
      host: "api.example.com",
      port: 443,
      status: 200,
    });
    expect(JSON.stringify(record)).not.toContain("beta");
  });

  it("is reached by its own name and, without a proxy, at the door itself", async () => {
    await using _ = attach();
    expect(await curl("http://model.gateway/v1/models")).toMatch(/^HTTP\/1\.1 200 /);
    const direct = ["-H", "Host: 127.0.0.1:3128", `${guest.proxy}/model/v1/models/x`];
    expect(await curl(...direct)).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map(({ url }) => url)).toEqual(["/base/v1/models", "/base/v1/models/x"]);
  });

  it.each([
    ["http://gateway/model/v1/messages/../../admin", [], "upstream_path"],
    ["http://gateway/model/v1/messages/%2e%2e/%2e%2e/admin", [], "upstream_path"],
    ["http://gateway/model/v1/messages/..%2f..%2fadmin", [], "upstream_path"],
    ["http://gateway/model/v1/messages/%252e%252e/admin", [], "upstream_path"],
    ["http://gateway/model/v1/messages/;/x", [], "upstream_path"],
    ["http://gateway/model/v1/messagesx", [], "upstream_path"],
    ["http://gateway/model//v1/messages", [], "upstream_path"],
    ["http://gateway/model/v1/messages", ["-X", "DELETE"], "upstream_method"],
    ["http://gateway/search/x", [], "upstream_not_allowed"],
    ["http://gateway/other/x", [], "unknown_upstream"],
    ["http://gateway/model@evil.example.net/", [], "unknown_upstream"],
    ["http://gateway/__proto__/", [], "unknown_upstream"],
    ["http://gateway/", [], "unknown_upstream"],
    ["https://gateway/model/v1/messages", ["--proxy-insecure"], undefined],
    ["http://gateway:81/model/v1/messages", [], "private_address"],
  ])("%s %j: nothing is sent", async (url, args, reason) => {
    await using _ = attach();
    if (reason === undefined) await expect(curl(...args, url)).rejects.toThrow(/403/);
    else expect(await curl(...args, url)).toMatch(new RegExp(`^HTTP/1.1 403 .*x-vibewriter-refusal: ${reason}`, "s"));
    expect(await internet.audit()).toMatchObject({ outcome: "refused" });
    expect(seen).toEqual([]);
  });

  it("without a credential there is no request, and no word about why", async () => {
    await using _ = attach();
    for (const value of [undefined, "", "short", `${key}\r\nX-Evil: 1`]) {
      current = value;
      expect(await curl("http://gateway/model/v1/models")).toMatch(/^HTTP\/1\.1 502 .*no usable credential/s);
      expect(await internet.audit()).toMatchObject({ outcome: "failed", reason: "upstream_unavailable" });
    }
    expect(seen).toEqual([]);
  });
});

describe("a credential that a program has after all", () => {
  it.each<[string, string[]]>([
    ["in a header, over http", ["-H", `X-Note: ${key}`, "http://www.example.net/"]],
    ["in the address", [`http://www.example.net/?k=${key}`]],
    ["in base64", ["-H", `X-Note: ${Buffer.from(key).toString("base64")}`, "http://www.example.net/"]],
    ["in the body", ["-d", `it is ${key}, isn't it`, "http://www.example.net/"]],
    ["in a body in chunks", ["-H", "Transfer-Encoding: chunked", "-d", key, "http://www.example.net/"]],
    ["to another server over https", ["-H", `Authorization: Bearer ${key}`, "https://www.example.net/"]],
    ["to its own server, by hand", ["-H", `X-Api-Key: ${key}`, "http://gateway/model/v1/models"]],
    ["of another upstream", ["-H", `X-Note: ${key}-of-search`, "http://gateway/model/v1/models"]],
  ])("%s goes nowhere, loudly", async (_what, args) => {
    await using _ = attach();
    const url = args.at(-1) ?? "";
    if (url.startsWith("https:")) {
      // As a client that lets the proxy do the TLS: curl would ask for a tunnel.
      const heard = await guest.say(`GET ${url} HTTP/1.1\r\nHost: www.example.net\r\n${args[1]}\r\n\r\n`);
      expect(heard).toMatch(/^HTTP\/1\.1 403 .*credential_leak/s);
    } else expect(await curl(...args)).toMatch(/^HTTP\/1\.1 403 .*credential_leak.*tell the operator/s);
    expect(await internet.audit()).toMatchObject({ reason: "credential_leak" });
    expect(JSON.stringify(seen)).not.toContain(key);
  });
});

describe("an upstream that gives its credential away", () => {
  it("in its answer: starred out", async () => {
    await using _ = attach();
    answer = {
      body: `{"you sent": "${key}", "again": "${Buffer.from(key).toString("base64")}"}`,
      headers: { "x-echo": key },
    };
    const heard = await curl("http://gateway/model/v1/models");
    expect(heard).toMatch(/x-echo: \*{28}\r\n.*"you sent": "\*{28}", "again": "\*+/s);
    expect(heard).not.toContain(key.slice(0, 14));
  });

  it("compressed, where nobody could see it: refused", async () => {
    await using _ = attach();
    answer = { body: "...", headers: { "content-encoding": "gzip" } };
    expect(await curl("http://gateway/model/v1/models")).toMatch(/^HTTP\/1\.1 502 .*bad_answer/s);
    expect(seen[0]?.headers).toMatchObject({ "accept-encoding": "identity" });
  });

  it.each([
    ["/base/v1/models/x?y", "http://gateway/model/v1/models/x?y"],
    ["https://api.example.com/base/v1/models", "http://gateway/model/v1/models"],
    ["https://api.example.com/elsewhere", "https://api.example.com/elsewhere"],
    ["https://evil.example.net/base/v1", "https://evil.example.net/base/v1"],
    ["http://api.example.com/base/v1", "http://api.example.com/base/v1"],
  ])("a redirect to %s leads the program to %s, with no credential in sight", async (location, expected) => {
    await using _ = attach();
    answer = { status: 307, headers: { location }, body: "" };
    expect(await curl("http://gateway/model/v1/models")).toContain(`location: ${expected}\r\n`);
  });
});

describe("an upstream is refused when the gateway is made", () => {
  it.each<[Partial<UpstreamOptions>, RegExp]>([
    [{ baseUrl: "http://api.example.com" }, /must be https/],
    [{ baseUrl: "https://user:pass@api.example.com" }, /neither user, query nor fragment/],
    [{ baseUrl: "https://api.example.com/?key=1" }, /neither user, query nor fragment/],
    [{ baseUrl: "https://10.0.0.1/" }, /is an address/],
    [{ baseUrl: "https://localhost/" }, /no name of the public internet/],
    [{ header: "x:y" }, /header's name/],
    [{ name: "Has Space" }, /a name is made of/],
    [{ paths: ["v1"] }, /begins with a slash/],
  ])("%j", (change, message) => {
    expect(() => new EgressGateway({ audit: () => undefined, upstreams: [{ ...api, ...change }] })).toThrow(message);
  });
});
