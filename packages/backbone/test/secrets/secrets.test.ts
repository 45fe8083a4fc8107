import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccount, createUser } from "@nats-io/nkeys";
import { Secrets } from "../../src/secrets/secrets.js";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const VALUE = 'pa"ss\\wörd+/=&?\n8';

/** Keys as their makers write them; made up here, so that no program takes this file for a leak. */
function exampleKeys(): Record<string, string[]> {
  const letters = (n: number) => randomBytes(n).toString("hex").slice(0, n);
  const seed = (pair: { getSeed(): Uint8Array }) => Buffer.from(pair.getSeed()).toString();
  const pem = (type: "pkcs8" | "sec1") =>
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type, format: "pem" }).toString().trim();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    "Anthropic key": [`sk-ant-api03-${randomBytes(60).toString("base64url")}`],
    "OpenAI key": [
      `sk-${letters(20)}T3BlbkFJ${letters(20)}`,
      `sk-proj-${randomBytes(60).toString("base64url")}`,
      `sk-svcacct-${letters(20)}T3BlbkFJ${letters(20)}`,
    ],
    "AWS key": ["AKIA", "ASIA"].map((prefix) => `${prefix}Q7Z2W3X4Y5V6U7T2`),
    "GitHub token": [`ghp_${letters(36)}`, `ghs_${letters(36)}`, `github_pat_${letters(22)}_${letters(59)}`],
    "Google key": [`AIza${letters(35)}`],
    "Slack token": [`xoxb-${"1".repeat(12)}-${letters(24)}`, `xapp-1-A1-${letters(40)}`],
    "Tavily key": [`tvly-${letters(32)}`, `tvly-dev-${letters(32)}`],
    "NATS seed": [seed(createUser()), seed(createAccount())],
    "JSON web token": [
      `${part({ alg: "HS256" })}.${part({ sub: "1234567890" })}.${randomBytes(32).toString("base64url")}`,
    ],
    "private key": [pem("pkcs8"), pem("sec1")],
  };
}

describe("a registered value", () => {
  const secrets = new Secrets();
  const handle = secrets.register("database", VALUE);
  const json = JSON.stringify({ text: `the value is ${VALUE}.` });
  const base64 = (before: string) => Buffer.from(`${before}${VALUE}after`).toString("base64");

  it.each([
    ["as it is", `a ${VALUE} b`, "a secret://database b"],
    ["in JSON", json, '{"text":"the value is secret://database."}'],
    ["in JSON within JSON", JSON.stringify({ json }), '{"json":"{\\"text\\":\\"the value is secret://database.\\"}"}'],
    ["percent-encoded", `https://a.b/?q=${encodeURIComponent(VALUE)}`, "https://a.b/?q=secret://database"],
    ["more than once", `${VALUE}${VALUE} ${VALUE}`, "secret://databasesecret://database secret://database"],
  ])("is replaced %s", (_, text, expected) => {
    expect(secrets.screen(text)).toBe(expected);
    expect(Buffer.from(secrets.screen(Buffer.from(text))).toString()).toBe(expected);
  });

  it.each(["", "u", "us", "user:"])(
    "is replaced inside of base64 and base64url, wherever it begins: after %j",
    (before) => {
      for (const text of [
        base64(before),
        base64(before).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
      ]) {
        const screened = secrets.screen(`Authorization: Basic ${text}`);
        expect(screened).toContain("secret://database");
        const rest = screened.replace("Authorization: Basic ", "").split("secret://database");
        // What is left on both sides gives away no more than the neighbours, and the bits that they share with it.
        expect(rest.join("").length).toBeLessThanOrEqual(Math.ceil(((before.length + 5) * 4) / 3) + 6);
      }
    },
  );

  it("is replaced in bytes that are no text, and what stands around it stays", () => {
    const around = randomBytes(1_000);
    const screened = secrets.screen(Buffer.concat([around, Buffer.from(VALUE), around]));
    expect(screened).toEqual(Buffer.concat([around, Buffer.from("secret://database"), around]));
  });

  it("costs nothing where it is not: the very same bytes and text", () => {
    const bytes = randomBytes(100_000);
    expect(secrets.screen(bytes)).toBe(bytes);
    expect(secrets.screen("plain, with ümlauts")).toBe("plain, with ümlauts");
  });

  it("is found across the edges of pieces", () => {
    const content = Buffer.concat([randomBytes(50), Buffer.from(VALUE), randomBytes(50)]);
    for (const size of [1, 7, 60, 1_000]) {
      const scanner = secrets.scanner();
      const found: unknown[] = [];
      for (let at = 0; at < content.length; at += size) found.push(scanner.push(content.subarray(at, at + size)));
      expect(found).toContain("database");
    }
    expect(secrets.scanner().push(randomBytes(1_000))).toBe(undefined);
  });

  it("is told once for each place, and kept out until its last registration is given back", () => {
    const told: object[] = [];
    const mine = new Secrets({ onFound: (found) => told.push(found) });
    const one = mine.register("key", "abcdefgh");
    const two = mine.register("key", "abcdefgh");
    mine.register("other", "abcdefghij");
    for (const where of ["a", "a", "b"])
      expect(mine.screen("abcdefghij abcdefgh", where)).toBe("secret://other secret://key");
    expect(told).toHaveLength(4);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(mine.screen("abcdefgh")).toBe("secret://key");
    two[Symbol.dispose]();
    expect(mine.screen("abcdefgh")).toBe("abcdefgh");
  });

  it("is not kept out when it is as short as a word; a name that is none is refused", () => {
    using _short = secrets.register("short", "because");
    expect(secrets.screen("because of it")).toBe("because of it");
    expect(() => secrets.register("a b", VALUE)).toThrow(expect.objectContaining({ code: "invalid" }));
    handle[Symbol.dispose]();
    expect(secrets.screen(VALUE)).toBe(VALUE);
  });
});

describe("what can only be a key", () => {
  const secrets = new Secrets();

  it.each(Object.entries(exampleKeys()))("%s is redacted wherever it stands", (kind, keys) => {
    for (const key of keys) {
      const redacted = `[redacted ${kind}]`;
      expect(secrets.screen(key)).toBe(redacted);
      expect(secrets.screen(`It is ${key}. Or (${key}), or KEY=${key}\n`)).toBe(
        `It is ${redacted}. Or (${redacted}), or KEY=${redacted}\n`,
      );
      const json = JSON.stringify({ a: `\n${key}\n`, b: [key], c: JSON.stringify({ d: `\t${key}` }) });
      expect(JSON.parse(secrets.screen(json))).toEqual({
        a: `\n${redacted}\n`,
        b: [redacted],
        c: JSON.stringify({ d: `\t${redacted}` }),
      });
      expect(secrets.find(`the key\nis ${key}`)).toEqual({ what: `what can only be a key (${kind})`, line: 2 });
    }
  });

  it("a private key that was cut off is redacted, too", () => {
    const [pem = ""] = exampleKeys()["private key"] ?? [];
    expect(secrets.screen(`${pem.slice(0, 120)}`)).toBe("[redacted private key]");
  });

  it.each([
    "Set ANTHROPIC_API_KEY to sk-ant-... or OPENAI_API_KEY to sk-proj-<your key>.",
    "Keys begin with AKIA, ghp_ or AIza; a file begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.",
    "The class sk-loading-spinner-with-a-very-long-name-and-more-of-it, the ask-someone-who-has-read-all-of-the-books-there-are.",
    "-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAKHHCgVZU1JRMA0GCSqGSIb3DQEBBQUAMA0xCzAJBgNVBAYTAkFV\n-----END CERTIFICATE-----",
    "A JWT has three parts: eyJhbGciOiJIUzI1NiJ9.payload.signature; a config key such as a.eyJ.b is none.",
    "SUABLE, SAAB, SOAP, SUAVE, the hash SUA2 and 8f19b44e2375aeedc259820d995022d19d1a4f77.",
  ])("ordinary text stays as it is: %s", (text) => {
    expect(secrets.screen(text)).toBe(text);
  });

  it("one word that is full of what keys begin with is walked once", () => {
    for (const anchor of ["AKIA", ".eyJ", "T3BlbkFJ"]) {
      const started = performance.now();
      expect(new Secrets().find(anchor.repeat(1_000_000 / anchor.length))).toBeUndefined();
      expect(performance.now() - started, anchor).toBeLessThan(3_000);
    }
  });

  it("nothing is taken for one in this repository, in hashes, nor in 8 MiB of base64, base64url and base32", () => {
    // The one key on purpose: of a certificate that tests speak TLS with.
    const known = ["packages/microvm/test/support/certificate.ts"];
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
    const redacted = files.filter((path) => {
      const bytes = readFileSync(join(ROOT, path));
      return secrets.screen(bytes) !== bytes;
    });
    expect(redacted).toEqual(known);
    const noise = randomBytes(6 * 2 ** 20);
    const base32 = Buffer.from(noise.map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charCodeAt(byte & 31)));
    for (const text of [
      noise.toString("base64"),
      noise.toString("base64url"),
      noise.toString("hex"),
      base32.toString(),
    ]) {
      expect(secrets.screen(text) === text).toBe(true);
    }
  });
});
