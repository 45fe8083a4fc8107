import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSignedBy, KeyPair, Keystore, restoreKeystore } from "../src/index.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "vw-keys-"));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const open = (passphrase?: string, folder = "keys") => Keystore.open({ folder: join(home, folder), passphrase });
const bytes = Buffer.from("what is signed");
const signs = async (keystore: Keystore, publicKey: string) => {
  const signature = await (await keystore.signer(publicKey))?.sign(bytes);
  return signature !== undefined && isSignedBy(publicKey, bytes, Buffer.from(signature).toString("base64url"));
};

describe("a signature", () => {
  it("is by one key over those bytes, and each has one spelling", async () => {
    const [ada, bob] = [KeyPair.generate(), KeyPair.generate()];
    const signature = Buffer.from(await ada.sign(bytes)).toString("base64url");
    expect(isSignedBy(ada.publicKey, bytes, signature)).toBe(true);
    expect(isSignedBy(bob.publicKey, bytes, signature)).toBe(false);
    expect(isSignedBy(ada.publicKey, Buffer.from("What is signed"), signature)).toBe(false);
    expect(KeyPair.fromSeed(ada.seed).publicKey).toBe(ada.publicKey);
    // The same bytes with other spare bits at the end: another name for the same author, another key for the same effect.
    for (const [key, text] of [
      [respelt(ada.publicKey), signature],
      [ada.publicKey, respelt(signature)],
      [ada.publicKey, ""],
      ["", signature],
    ] as const) {
      expect(isSignedBy(key, bytes, text)).toBe(false);
    }
  });
});

describe("the keystore", () => {
  it("makes one key for a name, keeps it encrypted for its owner alone, and finds it again", async () => {
    const keystore = await open();
    const [one, two] = await Promise.all([keystore.named("Ada"), keystore.named(" Ada ")]);
    expect(two).toEqual(one);
    const bob = await keystore.named("Bob");
    expect(await keystore.first("whoever")).toEqual(one);
    const later = await open();
    expect(await later.list()).toEqual([one, bob]);
    expect(await later.get(bob.publicKey.slice(0, 8))).toEqual(bob);
    expect(await signs(later, bob.publicKey)).toBe(true);
    expect(await later.signer(KeyPair.generate().publicKey)).toBeUndefined();
    await expect(later.get("Carol")).rejects.toMatchObject({ code: "unknown_author" });
    for (const name of ["", "\u0007", "x".repeat(101)])
      await expect(later.named(name)).rejects.toMatchObject({ code: "invalid_author" });

    const file = join(home, "keys", "authors", `${one.publicKey}.json`);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await stat(join(home, "keys", "authors.secret"))).mode & 0o077).toBe(0);
    const seeds = [one, bob].map(({ publicKey }) => later.signer(publicKey));
    for (const signer of await Promise.all(seeds)) {
      const { seed } = signer as KeyPair;
      for (const name of await readdir(join(home, "keys", "authors"))) {
        const text = await readFile(join(home, "keys", "authors", name), "utf8");
        for (const encoding of ["base64url", "base64", "hex"] as const)
          expect(text).not.toContain(Buffer.from(seed).toString(encoding));
      }
    }
    await chmod(file, 0o644);
    await expect((await open()).list()).rejects.toMatchObject({ code: "keystore_failed" });
  });

  it("is opened by its passphrase alone", async () => {
    const { publicKey } = await (await open("correct horse")).named("Ada");
    expect(await signs(await open("correct horse"), publicKey)).toBe(true);
    await expect((await open("battery staple")).signer(publicKey)).rejects.toMatchObject({ code: "keystore_locked" });
    const without = await open();
    await expect(without.signer(publicKey)).rejects.toMatchObject({ code: "keystore_locked" });
    // A second key under another secret could not be opened together with the first.
    await expect(without.named("Bob")).rejects.toMatchObject({ code: "keystore_locked" });
    await expect(open("short")).rejects.toMatchObject({ code: "invalid_author" });
  });

  it("takes a passphrase later: what lay under the random secret lies under that from then on", async () => {
    const before = await open();
    const { publicKey } = await before.named("Ada");
    const file = await readFile(join(home, "keys", "authors", `${publicKey}.json`), "utf8");
    expect(await signs(await open("correct horse"), publicKey)).toBe(true);
    expect(await readdir(join(home, "keys"))).toEqual(["authors"]);
    expect(await readFile(join(home, "keys", "authors", `${publicKey}.json`), "utf8")).not.toBe(file);
    await expect((await open()).signer(publicKey)).rejects.toMatchObject({ code: "keystore_locked" });
    expect(await signs(await open("correct horse"), publicKey)).toBe(true);
  });

  it("renames an author, and hands one over to another home under a passphrase of its own", async () => {
    const [here, there] = [await open(), await open("the other home", "elsewhere")];
    const { publicKey } = await here.named("main");
    await here.named("Bob");
    expect(await here.rename("main", "Ada")).toMatchObject({ name: "Ada", publicKey });
    await expect(here.rename("Ada", "Bob")).rejects.toMatchObject({ code: "author_exists" });
    const text = await here.export("Ada", "for the way over");
    await expect(there.import(text, "something else")).rejects.toMatchObject({ code: "keystore_locked" });
    await expect(there.import("{}", "for the way over")).rejects.toMatchObject({ code: "invalid_author" });
    const twisted = text.replace(publicKey, KeyPair.generate().publicKey);
    await expect(there.import(twisted, "for the way over")).rejects.toMatchObject({ code: "keystore_locked" });
    expect(await there.import(text, "for the way over")).toMatchObject({ name: "Ada", publicKey });
    expect(await there.import(text, "for the way over")).toMatchObject({ name: "Ada", publicKey });
    expect(await signs(there, publicKey)).toBe(true);
    const other = await open(undefined, "third");
    await other.named("Ada");
    await expect(other.import(text, "for the way over")).rejects.toMatchObject({ code: "author_exists" });
  });

  it("changes the passphrase of all keys, and goes on with them open", async () => {
    const keystore = await open("correct horse");
    const authors = [await keystore.named("Ada"), await keystore.named("Bob")];
    await expect(keystore.changePassphrase("short")).rejects.toMatchObject({ code: "invalid_author" });
    expect(await keystore.changePassphrase("battery staple")).toEqual({ authors: 2 });
    // Made under the new one, and opened together with the others.
    authors.push(await keystore.named("Carol"));
    const later = await open("battery staple");
    expect(await later.list()).toEqual(authors);
    for (const { publicKey } of authors) expect(await signs(later, publicKey)).toBe(true);
    await expect((await open("correct horse")).signer(authors[0]?.publicKey ?? "")).rejects.toMatchObject({
      code: "keystore_locked",
    });
    const random = await open(undefined, "random");
    const { publicKey } = await random.named("Dora");
    await random.changePassphrase("the first one");
    expect(await readdir(join(home, "random"))).toEqual(["authors"]);
    expect(await signs(await open("the first one", "random"), publicKey)).toBe(true);
    await expect(Keystore.open({ folder: join(home, "random"), passphrase: "short" })).rejects.toMatchObject({
      code: "invalid_author",
    });
  });

  it("killed at any moment of that has all keys under the one or all under the other", async () => {
    const script = new URL("./support/passphrase.mjs", import.meta.url).pathname;
    const outcomes: string[] = [];
    for (let step = 1; ; step += 1) {
      const folder = join(home, `killed-${step}`);
      const before = await Keystore.open({ folder });
      const authors = [await before.named("Ada"), await before.named("Bob")];
      const child = spawn(process.execPath, [script, folder, String(step)], { stdio: "inherit" });
      const signal = await new Promise((resolve) => child.on("exit", (_, name) => resolve(name)));
      // Whoever has the new passphrase opens what lies under the random secret as well, so that is tried first.
      const isOld = await Keystore.open({ folder })
        .then(async (old) => (await Promise.all(authors.map(({ publicKey }) => signs(old, publicKey)))).every(Boolean))
        .catch(() => false);
      if (!isOld) {
        const now = await Keystore.open({ folder, passphrase: "battery staple" });
        for (const { publicKey } of authors) expect(await signs(now, publicKey)).toBe(true);
        expect((await readdir(folder)).filter((name) => name !== "authors.secret")).toEqual(["authors"]);
      }
      outcomes.push(isOld ? "old" : "new");
      if (signal === null) break;
    }
    expect(outcomes).toEqual(["old", "old", "old", "new", "new", "new", "new"]);
  }, 120_000);

  it("goes into a backup and comes back for its owner alone, and never over other keys", async () => {
    const keystore = await open();
    const { publicKey } = await keystore.named("Ada");
    const files = await keystore.files();
    expect(files.map(({ name }) => name)).toEqual([`authors/${publicKey}.json`, "authors.secret"]);
    const restored = join(home, "restored");
    // Again, as after a restore that was cut off.
    for (let times = 0; times < 2; times += 1) await restoreKeystore(restored, files);
    for (const { name } of files) expect((await stat(join(restored, name))).mode & 0o777).toBe(0o600);
    expect(await signs(await open(undefined, "restored"), publicKey)).toBe(true);
    await (await open(undefined, "other")).named("Bob");
    await expect(restoreKeystore(join(home, "other"), files)).rejects.toMatchObject({ code: "author_exists" });
  });

  it("says which file is damaged", async () => {
    const { publicKey } = await (await open()).named("Ada");
    const file = join(home, "keys", "authors", `${publicKey}.json`);
    await writeFile(file, "half a fi");
    await expect((await open()).list()).rejects.toThrow(publicKey);
    await writeFile(join(home, "keys", "authors.secret"), "x");
    await expect(open()).rejects.toMatchObject({ code: "keystore_failed" });
  });
});

/** The same bytes, spelt with other spare bits in the last character. */
function respelt(text: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + digits[digits.indexOf(text.slice(-1)) + 1];
}
