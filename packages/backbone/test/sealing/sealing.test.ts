import {
  decryptFields,
  encryptFields,
  isUnderPassphrase,
  openBox,
  passphraseSecret,
  sealBox,
  sealedBoxSchema,
} from "../../src/index.js";
import { decryptText, encryptText } from "../../src/sealing/encrypted-text.js";

const KEY = Buffer.alloc(32, 7);
const OTHER = Buffer.alloc(32, 8);
const CONTENT = Buffer.from("what was sealed");

/** As they lay on the disk before there was one place for all of this. */
const OLD = {
  underPassphrase: {
    kdf: { name: "scrypt", n: 32768, r: 8, p: 3, salt: "Y7cE59x3BBJSPZzWdR1gYg" },
    cipher: {
      ...{ name: "aes-256-gcm", iv: "pbClwjM5_qFGLPbS", tag: "pLEu_FVuwrwgLYql7jCXOw", data: "R_7_8ct0T6Eyzp1i9cAm" },
    },
  },
  underKey: {
    kdf: { name: "scrypt", n: 1024, r: 8, p: 1, salt: "KlARnQutK3AhKKqtKCDNlA" },
    cipher: {
      ...{ name: "aes-256-gcm", iv: "75gtQl5gYOIaM5N3", tag: "FcS7pWGWgON1GkFv-ryiww", data: "Z007ptMtpN45zYcHRiyG" },
    },
  },
  inRecord: "bNJ25Urm87myytuc4YVozWhEoumU9A1HU8sSZTs5NuOroxI2kH6HcSkxjekGyEc=",
};

test("what earlier releases have sealed opens", async () => {
  const [dear, cheap] = [sealedBoxSchema.parse(OLD.underPassphrase), sealedBoxSchema.parse(OLD.underKey)];
  expect([isUnderPassphrase(dear), isUnderPassphrase(cheap)]).toEqual([true, false]);
  expect(await openBox(dear, "the old box", passphraseSecret("correct horse").bytes)).toEqual(CONTENT);
  expect(await openBox(cheap, "the old box", KEY)).toEqual(CONTENT);
  expect(decryptText(OLD.inRecord, KEY, "main")).toBe("what was sealed: é");
});

test("nothing opens under another key, about something else, or changed by a bit", async () => {
  const box = await sealBox(CONTENT, "a box", { bytes: KEY, isPassphrase: false });
  const changed = { ...box, cipher: { ...box.cipher, data: flipped(box.cipher.data) } };
  expect(await openBox(box, "a box", KEY)).toEqual(CONTENT);
  expect(await openBox(box, "a box", OTHER)).toBeUndefined();
  expect(await openBox(box, "another box", KEY)).toBeUndefined();
  expect(await openBox(changed, "a box", KEY)).toBeUndefined();

  const fields = encryptFields(CONTENT, KEY, "a field");
  expect(decryptFields(fields, KEY, "a field")).toEqual(CONTENT);
  expect(decryptFields({ ...fields, tag: flipped(fields.tag) }, KEY, "a field")).toBeUndefined();
  // A shorter tag would be guessed sooner.
  expect(decryptFields({ ...fields, tag: fields.tag.slice(0, 6) }, KEY, "a field")).toBeUndefined();

  const text = encryptText("é", KEY, "main");
  expect(decryptText(text, KEY, "main")).toBe("é");
  for (const damaged of ["", "AAAA", text.slice(4), `${text}AAAA`])
    expect(decryptText(damaged, KEY, "main")).toBeUndefined();
  expect(encryptText("é", KEY, "main")).not.toBe(text);
});

test("a passphrase is what was meant, however its letters are composed", async () => {
  const box = await sealBox(CONTENT, "a box", passphraseSecret("cafe\u0301 au lait"));
  expect(await openBox(box, "a box", passphraseSecret("caf\u00e9 au lait").bytes)).toEqual(CONTENT);
});

test("a box that somebody hands over costs no more than it may", () => {
  const { kdf, cipher } = OLD.underKey;
  for (const dear of [{ n: 1 << 20 }, { n: 1025 }, { r: 64 }, { p: 1000 }])
    expect(sealedBoxSchema.safeParse({ kdf: { ...kdf, ...dear }, cipher }).success).toBe(false);
});

function flipped(base64url: string): string {
  return `${base64url.startsWith("A") ? "B" : "A"}${base64url.slice(1)}`;
}
