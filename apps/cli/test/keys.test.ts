import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isSignedBy, Keystore } from "@vibewriter/choir";
import { restoreHome } from "@vibewriter/server";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { tempHome } from "../../server/test/support/temp-home.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

let api: TestApi;
let ada: string;
let folder: string;
beforeAll(async () => {
  api = await openTestApi();
  ada = (await api.authors.named("Ada")).publicKey;
  folder = join(api.home, "backup");
});
afterAll(() => api?.[Symbol.asyncDispose]());

const cli = (home: string, ...args: string[]): Promise<Finished> => run(home, args);
const signs = async (keystore: Keystore) => {
  const bytes = Buffer.from("what is signed");
  const signature = await (await keystore.signer(ada))?.sign(bytes);
  return signature !== undefined && isSignedBy(ada, bytes, Buffer.from(signature).toString("base64url"));
};

it("backbone backup has the authors' keys, and restore brings them back for their owner alone", async () => {
  const backup = JSON.parse((await cli(api.home, "backbone", "backup", folder, "--json")).stdout);
  expect(backup).toMatchObject({ folder, keys: { authors: 1, isSealed: false } });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of [`keys/authors/${ada}.json`, "keys/authors.secret"])
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);

  await using other = await tempHome();
  const { code, stdout } = await cli(other.path, "backbone", "restore", folder);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("the keys of 1 author as of") });
  expect(stdout).toContain("set the secrets again");
  expect((await stat(join(other.path, "keys", "authors.secret"))).mode & 0o777).toBe(0o600);
  expect(await signs(await Keystore.open({ folder: join(other.path, "keys") }))).toBe(true);

  await using taken = await tempHome();
  await (await Keystore.open({ folder: join(taken.path, "keys") })).named("Bob");
  expect(await cli(taken.path, "backbone", "restore", folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("other keys of authors"),
  });

  // A byte of a key is another.
  const key = join(folder, "keys", "authors", `${ada}.json`);
  await writeFile(key, (await readFile(key, "utf8")).replace('"v": 1', '"v": 2'));
  await using third = await tempHome();
  expect(await cli(third.path, "backbone", "restore", folder)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${ada}.json is not what was written`),
  });
});

describe("a backup with a passphrase", () => {
  const VALUE = "tvly-the-key-of-a-search";
  let phrase: string;
  let sealed: string;
  beforeAll(async () => {
    phrase = join(api.home, "of-backups.txt");
    await writeFile(phrase, "correct horse battery\n", { mode: 0o600 });
    sealed = join(api.home, "sealed");
    await api.store.set("tavily", VALUE);
    for (const agent of ["main", "gone"]) {
      api.trail.record(agent, { kind: "tool", run: `run-${agent}`, tool: "execute", args: "{}" });
      await api.trail.written(agent);
      await api.trail.anchor(agent);
    }
    await api.trail.forget("gone");
  });

  it("has the secrets and what the audit is read with, encrypted; restored elsewhere, both are there", async () => {
    const { code, stdout } = await cli(api.home, "backbone", "backup", sealed, "--passphrase-file", phrase);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/keys of 1 author, 1 secret, what the audit of 1 agent is read with, in /),
    });
    const secret = (await readFile(join(api.home, "keys", "authors.secret"), "latin1")).trim();
    const [audit] = await api.trail.keyFiles();
    const written = await everything(sealed);
    for (const kept of [secret, JSON.parse(audit?.content ?? "").key, VALUE]) expect(written).not.toContain(kept);
    // What is written behind a backup, and seen by anchors then, is not in it.
    api.trail.record("main", { kind: "tool", run: "run-later", tool: "execute", args: "{}" });
    await api.trail.written("main");
    await api.trail.anchor("main");

    await using other = await tempHome();
    const restored = await cli(other.path, "backbone", "restore", sealed, "--passphrase-file", phrase);
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("the keys of 1 author, 1 secret, what"),
    });
    await using there = await openTestApi({ home: other.path });
    expect(there.store.resolve("secret://tavily")).toBe(VALUE);
    expect(there.trail.publicKey).toBe(api.trail.publicKey);
    expect(await signs(there.authors)).toBe(true);
    const chains = await there.client.audit.verify();
    expect(chains).toMatchObject({
      chains: [
        { agent: "gone", closed: 1 },
        { agent: "main", records: 1, closed: 0 },
      ],
    });
    const shown = (await cli(other.path, "audit", "show")).stdout;
    expect(shown).toMatch(/run-main/);
    expect(shown).not.toMatch(/run-gone|run-later/);
  });

  it("opens with its passphrase alone, as it was made; without it the rest is restored", async () => {
    await using other = await tempHome();
    const restore = (o: { passphrase?: string; withoutKeys?: boolean }, folder = sealed) =>
      restoreHome(other.path, { folder, env: process.env, ...o });
    await expect(restore({})).rejects.toMatchObject({ code: "keystore_locked", message: /--without-keys/ });
    await expect(restore({ passphrase: "wrong horse battery" })).rejects.toMatchObject({ code: "keystore_locked" });
    // Somebody changes what an agent remembers, and the digest with it.
    const forged = join(api.home, "forged");
    await cp(sealed, forged, { recursive: true });
    const manifest = JSON.parse(await readFile(join(forged, "backup.json"), "utf8"));
    manifest.streams[0].config.max_age = 1;
    await writeFile(join(forged, "backup.json"), JSON.stringify(manifest));
    const passphrase = "correct horse battery";
    await expect(restore({ passphrase }, forged)).rejects.toMatchObject({ message: /has changed the backup/ });
    await rm(forged, { recursive: true });
    expect(await restore({ withoutKeys: true })).toMatchObject({ keys: { authors: 0, secrets: 0, isSealed: false } });
  });

  it("brings nothing back into a home that has secrets and an audit of its own: what was destroyed there stays so", async () => {
    await using other = await tempHome();
    const passphrase = "correct horse battery";
    await restoreHome(other.path, { folder: sealed, env: process.env, passphrase });
    const files = ["keys/secrets/tavily.json", "audit/keys/main.json"];
    for (const name of files) await rm(join(other.path, name));
    const later = { "keys/secrets/brave.json": "{}", "audit/anchors.jsonl": "a later one" };
    for (const [name, content] of Object.entries(later))
      await writeFile(join(other.path, name), content, { mode: 0o600 });
    // NATS alone was lost.
    await rm(join(other.path, "nats"), { recursive: true });
    const { keys } = await restoreHome(other.path, { folder: sealed, env: process.env, passphrase });
    expect(keys.kept).toEqual(["secrets", "audit"]);
    for (const name of files) await expect(stat(join(other.path, name))).rejects.toMatchObject({ code: "ENOENT" });
    for (const [name, content] of Object.entries(later))
      expect(await readFile(join(other.path, name), "utf8")).toBe(content);
  });
});

async function everything(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

it("author passphrase encrypts all keys anew, and says what the server needs from then on", async () => {
  const phrase = join(api.home, "phrase.txt");
  await writeFile(phrase, "battery staple\n", { mode: 0o644 });
  const change = () => cli(api.home, "author", "passphrase", "--passphrase-file", phrase);
  expect(await change()).toMatchObject({ code: 2, stderr: expect.stringContaining("chmod 600") });
  await writeFile(join(api.home, "short.txt"), "short", { mode: 0o600 });
  expect(await cli(api.home, "author", "passphrase", "--passphrase-file", join(api.home, "short.txt"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("at least 8"),
  });
  const own = join(api.home, "own.txt");
  await writeFile(own, "battery staple\n", { mode: 0o600 });
  const { code, stdout } = await cli(api.home, "author", "passphrase", "--passphrase-file", own);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("1 key encrypted anew") });
  expect(stdout).toContain("VIBEWRITER_KEYSTORE_PASSPHRASE");
  const keys = join(api.home, "keys");
  expect(await signs(await Keystore.open({ folder: keys, passphrase: "battery staple" }))).toBe(true);
  await expect((await Keystore.open({ folder: keys, passphrase: "correct horse" })).signer(ada)).rejects.toMatchObject({
    code: "keystore_locked",
  });
});
