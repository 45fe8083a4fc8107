import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secrets } from "@vibewriter/backbone";
import { Config } from "../src/config.js";
import { SecretStore } from "../src/secrets/secret-store.js";

const VALUE = "a-model's-key-0123456789";
let folder: string;
let secrets: Secrets;
const open = (passphrase?: string) => SecretStore.open({ folder, passphrase, secrets });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-secrets-"));
  secrets = new Secrets();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function everything(): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

test("a secret is a reference everywhere but where it is used, over a restart; another value counts at once", async () => {
  const store = await open();
  await store.set("anthropic", VALUE);
  expect(await everything()).not.toContain(VALUE);
  expect(JSON.stringify(store.list())).not.toContain(VALUE);
  expect(secrets.screen(`It is ${VALUE}.`)).toBe("It is secret://anthropic.");
  const env = { ANTHROPIC_API_KEY: "secret://anthropic", OPENAI_API_KEY: "secret://none", OLLAMA_HOST: "http://x" };
  const missing: string[] = [];
  expect(store.resolveAll(env, (name) => missing.push(name))).toEqual({
    ANTHROPIC_API_KEY: VALUE,
    OLLAMA_HOST: "http://x",
  });
  expect(missing).toEqual(["none"]);
  expect(() => store.resolve("secret://none")).toThrow(/set it with vibewriter secrets set none/);
  await expect(store.set("anthropic", "another-value")).rejects.toMatchObject({ code: "exists" });
  await expect(store.rotate("none", "another-value")).rejects.toMatchObject({ code: "not_found" });
  for (const value of ["short", "two\nlines-of-it", "x".repeat(20_000)]) {
    await expect(store.rotate("anthropic", value)).rejects.toMatchObject({ code: "bad_request" });
  }
  await store.rotate("anthropic", "the-new-value-of-it");
  expect(store.resolve("secret://anthropic")).toBe("the-new-value-of-it");
  // The former value may still be good at the provider.
  expect(secrets.screen(VALUE)).toBe("secret://anthropic");
  expect((await open()).list()).toMatchObject([{ name: "anthropic", rotatedAt: expect.any(String) }]);
  await store.remove("anthropic");
  expect((await open()).list()).toEqual([]);
});

test("under the passphrase of the home they open with nothing else, and another one is theirs when all else has it", async () => {
  await (await open()).set("tavily", VALUE);
  const store = await open("correct horse");
  await expect(open()).rejects.toMatchObject({ code: "keystore_locked" });
  await expect(open("wrong horse")).rejects.toMatchObject({ code: "keystore_locked" });
  const failing = store.changePassphrase("battery staple", () => Promise.reject(new Error("The disk is full.")));
  await expect(failing).rejects.toThrow("The disk is full.");
  expect((await open("correct horse")).resolve("secret://tavily")).toBe(VALUE);
  expect(await store.changePassphrase("battery staple", async () => "done")).toBe("done");
  await expect(open("correct horse")).rejects.toMatchObject({ code: "keystore_locked" });
  expect((await open("battery staple")).resolve("secret://tavily")).toBe(VALUE);
  await writeFile(join(folder, "secrets", "tavily.json"), "{}", { mode: 0o600 });
  await expect(open("battery staple")).rejects.toMatchObject({ code: "bad_config" });
});

test("what an earlier release has kept opens", async () => {
  const box = {
    kdf: { name: "scrypt", n: 32768, r: 8, p: 3, salt: "J6WREp3M0Z-XDQP2-Z2gqA" },
    cipher: {
      ...{ name: "aes-256-gcm", iv: "a0dMB1MWPKouSh-2", tag: "tosJQf3h-etSBWWOdmLuQg" },
      data: "8laVDidFc_rVmh8inqtytD3bIdMFaIhh-M7u0Hw5oDM",
    },
  };
  const secret = {
    ...{ v: 1, name: "tavily", setAt: "2026-11-26T18:58:29.090Z", iv: "0DT9Bn4a2kLZdj7g" },
    ...{ tag: "NmXsfX0gTFdvdOLx0S7AXQ", data: "yGG8hNHnXwekddOz6_MchwXyAPFr46lV" },
  };
  await mkdir(join(folder, "secrets"));
  await writeFile(join(folder, "secrets.key.json"), JSON.stringify({ v: 1, boxes: [box] }), { mode: 0o600 });
  await writeFile(join(folder, "secrets", "tavily.json"), JSON.stringify(secret), { mode: 0o600 });
  expect((await open("correct horse")).resolve("secret://tavily")).toBe(VALUE);
});

test("settings name secrets, and cannot hold them", () => {
  const named = { keys: { ANTHROPIC_API_KEY: "secret://anthropic" }, upstreamKeys: { tavily: "secret://tavily" } };
  expect(Config.parse(named)).toMatchObject(named);
  expect(Config.safeParse({ keys: { ANTHROPIC_API_KEY: VALUE } }).error?.issues[0]?.message).toMatch(/such as secret:/);
  expect(Config.safeParse({ upstreamKeys: { tavily: VALUE } }).success).toBe(false);
});
