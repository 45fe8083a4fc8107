import { randomBytes } from "node:crypto";
import { type FoundKey, KeyScanner } from "../../src/secrets/key-scanner.js";
import { Secrets } from "../../src/secrets/secrets.js";

/** Made up here, so that no program takes this file for a leak. */
const TOKEN = `ghp_${"0123456789ab".repeat(3)}`;
const JWT = `eyJ${"a".repeat(400)}.eyJ${"b".repeat(1_500)}.${"c".repeat(400)}`;
const PEM = [
  "-----BEGIN PRIVATE ",
  "KEY-----\n",
  `${"A".repeat(64)}\n`.repeat(200),
  "-----END PRIVATE ",
  "KEY-----",
].join("");

/** What is found of a text that comes in pieces of a size, the first one shorter. */
function find(text: string, size: number, first = size): FoundKey[] {
  const bytes = Buffer.from(text);
  const scanner = new KeyScanner();
  const found: (FoundKey | undefined)[] = [];
  for (let at = 0, end = first; at < bytes.length; at = end, end += size)
    found.push(scanner.push(bytes.subarray(at, end)));
  return [...found, scanner.end()].filter((one) => one !== undefined);
}

describe("a key in content that comes in pieces", () => {
  it.each([
    ["GitHub token", TOKEN],
    ["JSON web token", JWT],
    ["private key", PEM],
  ])("%s is found by its kind and line, wherever pieces end", (kind, key) => {
    const before = `${"filler\n".repeat(3_000)}KEY=`;
    for (const [size, step] of [
      [64 * 1024, 97],
      [1_000, 41],
    ] as const) {
      const around = Buffer.byteLength(before) % size;
      for (let first = 1; first < Math.min(key.length, 2_000); first += step) {
        const [found] = find(`${before}${key}\nmore\n`, size, 1 + ((around + first) % size));
        expect(found, `pieces of ${size}, the first of ${first}`).toEqual({ kind, line: 3_001 });
      }
    }
  });

  it.each(["", "\n", " and more"])("is found at the very beginning and the very end, before %j", (after) => {
    for (const size of [1, 7, 1_000]) {
      expect(find(`${TOKEN}${after}`, size)[0]).toEqual({ kind: "GitHub token", line: 1 });
      expect(find(`${"x\n".repeat(20_000)}${TOKEN}${after}`, size * 1_000)[0]).toMatchObject({ line: 20_001 });
    }
  });

  it("is not made of a longer word that is cut where it looks like one", () => {
    const long = `${"x".repeat(5_000)} AKIA${"A".repeat(16)}${"B".repeat(40)} ${"x".repeat(9_000)}`;
    for (let first = 4_990; first < 5_070; first += 1) expect(find(long, 8_192, first)).toEqual([]);
    // The window that is kept begins in the middle of it.
    const front = `${"y".repeat(3_000)}AKIA${"A".repeat(16)} `;
    for (let end = 8_192; end < 8_192 + 30; end += 1)
      expect(find(`${front}${"z".repeat(20_000)}`, 12_000, 3_000 + end)).toEqual([]);
  });

  it("is the same that a look at the whole finds, in random text with pieces of random sizes", () => {
    const secrets = new Secrets();
    for (let round = 0; round < 40; round += 1) {
      const noise = () => randomBytes(Math.floor(Math.random() * 12_000)).toString("base64url");
      const text = `${noise()}${round % 2 ? "\n" : "-"}${TOKEN}${round % 3 ? "\n" : "_"}${noise()}`;
      const whole = secrets.find(text);
      const [found] = find(text, 1 + Math.floor(Math.random() * 9_000));
      expect(found && { what: `what can only be a key (${found.kind})`, line: found.line }).toEqual(whole);
    }
  });
});
