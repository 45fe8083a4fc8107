import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { TestInternet } from "../support/outside.js";

const policy = { allow: [{ host: "www.example.com" }, { host: "read.example.net", methods: ["GET"] }] };

let internet: TestInternet;
let seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[];

beforeEach(async () => {
  seen = [];
  internet = new TestInternet();
  internet.know("www.example.com", "read.example.net", "private.example.com");
  const listener: Parameters<TestInternet["http"]>[1] = async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    const [, status, location] = /^\/(30\d)\/(.*)$/.exec(url ?? "") ?? [];
    if (status !== undefined)
      response.writeHead(Number(status), { location: decodeURIComponent(location ?? "") }).end();
    else response.end(`${headers.host} has ${url}`);
  };
  await internet.http(80, listener);
  await internet.https(443, listener);
});

afterEach(() => internet[Symbol.asyncDispose]());

const fetch = (url: string, o: Record<string, unknown> = {}) =>
  internet.gateway().fetchThrough(policy, { vm: "host", url, ...o });
const to = (status: number, url: string) => `http://www.example.com/${status}/${encodeURIComponent(url)}`;

describe("fetching for the host", () => {
  it("follows redirects, each hop within the policy and audited", async () => {
    const page = await fetch(to(302, "https://read.example.net/page"), {
      method: "POST",
      body: Buffer.from("once"),
      headers: { Authorization: "for www only", "X-Kept": "1" },
    });
    expect(page).toMatchObject({ url: "https://read.example.net/page", status: 200 });
    expect(Buffer.from(page.body).toString()).toBe("read.example.net has /page");
    expect(seen).toMatchObject([
      { method: "POST", body: "once", headers: { authorization: "for www only" } },
      { method: "GET", body: "", headers: { "x-kept": "1" } },
    ]);
    expect(seen[1]?.headers).not.toHaveProperty("authorization");
    expect(internet.audits).toMatchObject([
      { vm: "host", method: "POST", host: "www.example.com", port: 80, outcome: "allowed", status: 302 },
      { vm: "host", method: "GET", host: "read.example.net", port: 443, outcome: "allowed", status: 200 },
    ]);
  });

  it.each([
    [to(302, "http://169.254.169.254/latest/meta-data/"), {}, "direct_address"],
    [to(302, "http://[::ffff:169.254.169.254]/"), {}, "direct_address"],
    [to(302, "http://metadata.google.internal/"), {}, "private_address"],
    [to(302, "//10.0.0.1/"), {}, "direct_address"],
    [to(302, "http://elsewhere.example.org/"), {}, "not_allowed"],
    [to(302, "file:///etc/passwd"), {}, "scheme"],
    [to(307, "http://read.example.net/"), { method: "POST", body: Buffer.from("x") }, "not_allowed"],
    ["http://user:pass@www.example.com/", {}, "bad_request"],
    ["http://www.example.com/", { maxBytes: 5 }, "too_large"],
  ])("%s %j: %s", async (url, o, code) => {
    await expect(fetch(url, o)).rejects.toMatchObject({ name: "Refusal", code });
    expect(internet.audits.at(-1)).toMatchObject({ reason: code });
    expect(seen.length).toBeLessThanOrEqual(1);
  });

  it("a redirect to a name that leads to a private address is refused", async () => {
    internet.names.set("read.example.net", ["192.168.0.10"]);
    await expect(fetch(to(301, "http://read.example.net/"))).rejects.toMatchObject({ code: "private_address" });
    expect(seen).toHaveLength(1);
  });

  it("does not go in circles", async () => {
    internet.names.set("loop.example.com", ["93.184.215.14"]);
    let url = "http://www.example.com/";
    for (let hop = 0; hop < 8; hop++) url = to(302, url);
    await expect(fetch(url)).rejects.toMatchObject({ code: "too_many_redirects" });
    expect(seen).toHaveLength(6);
  });

  it("does not wait for ever", async () => {
    await internet.serve(443, createServer());
    await expect(fetch("http://www.example.com:443/", { timeoutMs: 300 })).rejects.toMatchObject({ code: "timed_out" });
  });
});
