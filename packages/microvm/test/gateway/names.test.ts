import type { IncomingMessage } from "node:http";
import { hostName, portNumber, ruleHost } from "../../src/gateway/host-name.js";
import { egressPolicy, ruleFor } from "../../src/gateway/policy.js";
import { Refusal } from "../../src/gateway/refusal.js";
import { targetOf, tunnelTarget } from "../../src/gateway/target.js";

const codeOf = (fn: () => unknown) => {
  try {
    return fn();
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
};

const request = (url: string, ...hosts: string[]) =>
  ({
    url,
    headersDistinct: hosts.length > 0 ? { host: hosts } : {},
    rawHeaders: hosts.flatMap((host) => ["Host", host]),
  }) as unknown as IncomingMessage;

describe("host names", () => {
  it.each([
    ["example.com", "example.com"],
    ["EXAMPLE.com.", "example.com"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["127.0.0.1", "direct_address"],
    ["127.1", "direct_address"],
    ["127.0.0.1.", "direct_address"],
    ["0177.0.0.1", "direct_address"],
    ["0x7f.0.0.1", "direct_address"],
    ["0x7f000001", "direct_address"],
    ["0x", "direct_address"],
    ["2130706433", "direct_address"],
    ["1.1.1.1", "direct_address"],
    ["[::1]", "direct_address"],
    ["::1", "direct_address"],
    ["[::ffff:127.0.0.1]", "direct_address"],
    ["example.com..", "bad_host"],
    [".example.com", "bad_host"],
    ["exa mple.com", "bad_host"],
    ["exam%70le.com", "bad_host"],
    ["b\u00fccher.example", "bad_host"],
    ["\u2460.\u2460.\u2460.\u2460", "bad_host"],
    ["example\u3002com", "bad_host"],
    ["-a.example.com", "bad_host"],
    [`${"a".repeat(64)}.com`, "bad_host"],
    [`${"a.".repeat(127)}com`, "bad_host"],
    ["", "bad_host"],
    ["*", "bad_host"],
    ["example.com\r\nx", "bad_host"],
    ["example.com\0", "bad_host"],
    ["localhost", "private_address"],
    ["a.localhost", "private_address"],
    ["metadata", "private_address"],
    ["metadata.google.internal", "private_address"],
    ["metadata.google.internal.", "private_address"],
    ["printer.local", "private_address"],
    ["1.0.0.127.in-addr.arpa", "private_address"],
  ])("%j is %s", (text, outcome) => {
    expect(codeOf(() => hostName(text))).toBe(outcome);
  });

  it.each([
    ["*.example.com", "*.example.com"],
    ["B\u00fccher.example", "xn--bcher-kva.example"],
    ["*.b\u00fccher.example", "*.xn--bcher-kva.example"],
    ["*", "bad_host"],
    ["*.com", "private_address"],
    ["a.*.example.com", "bad_host"],
    ["*.*.example.com", "bad_host"],
    ["\u2460\u2461\u2466.0.0.1", "direct_address"],
    ["10.0.0.1", "direct_address"],
  ])("a rule for %j is one for %s", (text, outcome) => {
    expect(codeOf(() => ruleHost(text))).toBe(outcome);
  });

  it.each([
    ["443", 443],
    ["65535", 65_535],
    ["65536", undefined],
    ["0", undefined],
    ["0443", undefined],
    ["+443", undefined],
    ["4e2", undefined],
    ["", undefined],
  ])("port %j is %s", (text, port) => {
    expect(portNumber(text)).toBe(port);
  });
});

describe("what a policy allows", () => {
  const policy = egressPolicy.parse({
    allow: [
      { host: "Example.com." },
      { host: "*.example.org", ports: [8443] },
      { host: "read.example.net", methods: ["GET", "HEAD"] },
      { host: "tunnel.example.net", methods: ["CONNECT"], ports: [443] },
    ],
  });
  const isAllowed = (name: string, port: number, method: string) =>
    ruleFor(policy, { name, port, method }) !== undefined;

  it.each([
    ["example.com", 80, "POST", true],
    ["example.com", 443, "CONNECT", true],
    ["example.com", 22, "CONNECT", false],
    ["sub.example.com", 80, "GET", false],
    ["notexample.com", 80, "GET", false],
    ["example.com.evil.net", 80, "GET", false],
    ["a.example.org", 8443, "GET", true],
    ["a.b.example.org", 8443, "GET", true],
    ["example.org", 8443, "GET", false],
    ["evilexample.org", 8443, "GET", false],
    ["a.example.org", 443, "GET", false],
    ["read.example.net", 80, "GET", true],
    ["read.example.net", 80, "POST", false],
    ["read.example.net", 443, "CONNECT", false],
    ["tunnel.example.net", 443, "CONNECT", true],
    ["tunnel.example.net", 443, "GET", false],
  ])("%s:%i %s: %s", (name, port, method, outcome) => {
    expect(isAllowed(name, port, method)).toBe(outcome);
  });

  it("nothing is what it allows if it says nothing", () => {
    expect(
      ruleFor(egressPolicy.parse({ allow: [] }), { name: "example.com", port: 443, method: "GET" }),
    ).toBeUndefined();
  });

  it.each([
    [{ allow: [{ host: "169.254.169.254" }] }, /is an address/],
    [{ allow: [{ host: "*" }] }, /no valid name/],
    [{ allow: [{ host: "metadata.google.internal" }] }, /no name of the public internet/],
    [{ allow: [{ host: "example.com", port: 22 }] }, /Unrecognized key/],
    [{ allow: [{ host: "example.com", ports: [0] }] }, /Too small/],
    [{ allow: "*" }, /expected array/],
  ])("%j is no policy", (value, message) => {
    expect(egressPolicy.safeParse(value).error?.issues[0]?.message).toMatch(message);
  });
});

describe("the target of a request", () => {
  it.each([
    [
      "http://example.com/a?b=c",
      ["example.com"],
      { kind: "web", name: "example.com", port: 80, tls: false, path: "/a?b=c" },
    ],
    ["http://EXAMPLE.com.:80/", ["example.com"], { kind: "web", name: "example.com", port: 80, tls: false, path: "/" }],
    ["https://example.com", ["example.com:443"], { kind: "web", name: "example.com", port: 443, tls: true, path: "/" }],
    ["http://example.com?q", ["example.com"], { kind: "web", name: "example.com", port: 80, tls: false, path: "/?q" }],
    ["http://gateway/one/v1/x?y", ["gateway"], { kind: "upstream", upstream: "one", pathname: "/v1/x", search: "?y" }],
    ["http://one.gateway/v1/x", ["one.gateway"], { kind: "upstream", upstream: "one", pathname: "/v1/x", search: "" }],
    ["/one/v1/x", ["127.0.0.1:3128"], { kind: "upstream", upstream: "one", pathname: "/v1/x", search: "" }],
    ["http://gateway/one/../two/x", ["gateway"], { kind: "upstream", upstream: "two", pathname: "/x", search: "" }],
    ["http://gateway/one/%2e%2e/two", ["gateway"], { kind: "upstream", upstream: "two", pathname: "/", search: "" }],
    ["/one/v1/x", ["example.com"], "bad_request"],
    ["http://example.com/", ["other.com"], "host_mismatch"],
    ["http://example.com/", ["example.com:81"], "host_mismatch"],
    ["http://example.com/", ["example.com", "other.com"], "bad_request"],
    ["http://user@example.com/", ["example.com"], "bad_request"],
    ["http://example.com@169.254.169.254/", ["example.com"], "bad_request"],
    ["http://example.com\\@evil.net/", ["example.com"], "bad_request"],
    ["http://evil.net#@example.com/", ["example.com"], "bad_request"],
    ["http://169.254.169.254/latest/meta-data/", ["169.254.169.254"], "direct_address"],
    ["http://2130706433/", ["2130706433"], "direct_address"],
    ["http://0x7f.1/", ["0x7f.1"], "direct_address"],
    ["http://[::1]/", ["[::1]"], "direct_address"],
    ["http://[::ffff:10.0.0.1]:80/", ["[::ffff:10.0.0.1]"], "direct_address"],
    ["http://127.0.0.1:3128/", ["127.0.0.1:3128"], "direct_address"],
    ["http://example.com:080/", ["example.com:080"], "bad_host"],
    ["http://example.com:/", ["example.com"], "bad_host"],
    ["http:///etc/passwd", [""], "bad_host"],
    ["ftp://example.com/", ["example.com"], "scheme"],
    ["file:///etc/passwd", [""], "scheme"],
    ["*", ["example.com"], "scheme"],
    ["http://example.com/\u00e9", ["example.com"], "bad_request"],
    [`http://example.com/${"a".repeat(8_000)}`, ["example.com"], "bad_request"],
  ])("%j with Host %j", (url, hosts, outcome) => {
    expect(codeOf(() => targetOf(request(url, ...hosts)))).toEqual(outcome);
  });

  it.each([
    ["example.com:443", { name: "example.com", port: 443 }],
    ["EXAMPLE.com.:443", { name: "example.com", port: 443 }],
    ["example.com", "bad_request"],
    ["example.com:0443", "bad_request"],
    ["example.com:443/x", "bad_request"],
    ["a@example.com:443", "bad_request"],
    ["1.1.1.1:443", "direct_address"],
    ["[::1]:443", "direct_address"],
    ["16843009:443", "direct_address"],
    ["::1:443", "bad_request"],
  ])("CONNECT %j", (url, outcome) => {
    expect(codeOf(() => tunnelTarget(request(url)))).toEqual(outcome);
  });
});
