import { maxHelloBytes, serverNameOf } from "../../src/gateway/client-hello.js";
import { Refusal } from "../../src/gateway/refusal.js";
import { extension, helloMessage, realHello, records, serverName, vector } from "../support/hello.js";

const outcome = (bytes: Buffer) => {
  try {
    return serverNameOf(bytes) ?? "more";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};
const named = helloMessage(serverName("files.example.com"));

describe("the server's name in a TLS client's first message", () => {
  it("is read from what OpenSSL writes, byte by byte", async () => {
    const hello = await realHello("files.example.com");
    for (let size = 0; size < hello.length; size++) expect(outcome(hello.subarray(0, size))).toBe("more");
    expect(outcome(hello)).toBe("files.example.com");
    expect(outcome(Buffer.concat([hello, Buffer.from("whatever follows")]))).toBe("files.example.com");
    expect(outcome(await realHello(undefined))).toBe("no_server_name");
  });

  it.each([1, 3, 17, 60])("is put together from records of %i bytes, as far as that many are reasonable", (size) => {
    expect(outcome(records(named, size))).toBe(Math.ceil(named.length / size) > 16 ? "not_tls" : "files.example.com");
  });

  it.each<[string, Buffer, string]>([
    ["in capitals", records(helloMessage(serverName("FILES.example.com"))), "files.example.com"],
    ["with a final dot", records(helloMessage(serverName("files.example.com."))), "files.example.com"],
    ["an address", records(helloMessage(serverName("169.254.169.254"))), "direct_address"],
    ["with a NUL", records(helloMessage(serverName("files.example.com\0.evil.net"))), "bad_host"],
    ["empty", records(helloMessage(serverName(""))), "bad_host"],
    ["of another type", records(helloMessage(serverName("files.example.com", 1))), "not_tls"],
    [
      "twice",
      records(helloMessage(Buffer.concat([serverName("a.example.com"), serverName("b.example.com")]))),
      "not_tls",
    ],
    [
      "two in one list",
      records(helloMessage(extension(0, vector(2, Buffer.concat([entry("a.example.com"), entry("b.example.com")]))))),
      "not_tls",
    ],
    ["list longer than its extension", records(helloMessage(extension(0, Buffer.from([0, 99, 0])))), "not_tls"],
    ["none", records(helloMessage(extension(10, Buffer.from([0, 2, 0, 29])))), "no_server_name"],
    [
      "hidden (ECH)",
      records(helloMessage(Buffer.concat([serverName("files.example.com"), extension(0xfe0d, Buffer.alloc(40))]))),
      "encrypted_hello",
    ],
    ["a server's hello", records(Buffer.concat([Buffer.from([2]), named.subarray(1)])), "not_tls"],
    ["plain http", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "not_tls"],
    ["ssh", Buffer.from("SSH-2.0-x\r\n"), "not_tls"],
    ["an alert", Buffer.from([21, 3, 3, 0, 2, 2, 40]), "not_tls"],
    ["SSL 2", Buffer.from([0x80, 0x2e, 1, 3, 1, 0, 0x15, 0, 0, 0, 0x10]), "not_tls"],
    ["SSL of another version", Buffer.from([22, 2, 0, 0, 5]), "not_tls"],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0]), "not_tls"],
    ["a record that is too long", Buffer.from([22, 3, 1, 0xff, 0xff]), "not_tls"],
    ["a message that is too long", records(Buffer.from([1, 0xff, 0xff, 0xff])), "not_tls"],
    ["endless", records(Buffer.concat([Buffer.from([1, 0, 0x60, 0]), Buffer.alloc(maxHelloBytes - 4)])), "not_tls"],
    ["nothing yet", Buffer.alloc(0), "more"],
  ])("%s", (_, bytes, expected) => {
    expect(outcome(bytes)).toBe(expected);
  });

  it("whatever comes, it is a name, more, or a typed no", () => {
    const real = records(named);
    let seed = 7;
    const random = (below: number) => {
      seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
      return ((seed ^ (seed >>> 13)) >>> 0) % below;
    };
    const outcomes = new Set<string>();
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(real);
      for (let flips = 1 + random(4); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
      outcomes.add(outcome(random(4) > 0 ? bytes : bytes.subarray(0, random(bytes.length))));
    }
    for (const code of ["more", "not_tls", "no_server_name", "bad_host", "files.example.com"]) {
      expect(outcomes).toContain(code);
    }
  });
});

function entry(name: string): Buffer {
  return Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(name))]);
}
