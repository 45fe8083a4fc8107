import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isSignedBy, Keystore } from "@vibewriter/choir";
import { type Finished, cli as run } from "../../../tests/support/cli.js";
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
  expect(backup).toMatchObject({ folder, authors: 1 });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of [`keys/authors/${ada}.json`, "keys/authors.secret"])
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);

  await using other = await tempHome();
  const { code, stdout } = await cli(other.path, "backbone", "restore", folder);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("the keys of 1 author as of") });
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
