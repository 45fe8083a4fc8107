import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataKeys } from "../../src/audit/data-keys.js";
import { Secrets } from "../../src/secrets/secrets.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-keys-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const keysIn = (secrets = new Secrets()) => new DataKeys(folder, secrets);

test("a key that was destroyed is no one's any more, whoever asks for it meanwhile", async () => {
  const secrets = new Secrets();
  const keys = keysIn(secrets);
  const old = await keys.of("main");
  const text = Buffer.from(old.bytes).toString("base64url");
  expect(secrets.find(text)).toBeDefined();
  const asked: Promise<string | undefined>[] = [];
  const ask = () => asked.push(keys.of("main").then(({ id }) => id));
  const destroyed = keys.destroy("main");
  ask();
  const timer = setInterval(ask, 0);
  expect(await destroyed).toBe(true);
  clearInterval(timer);
  ask();
  expect([...new Set(await Promise.all(asked))]).toEqual([(await keys.of("main")).id]);
  expect((await keys.of("main")).id).not.toBe(old.id);
  expect(secrets.find(text)).toBeUndefined();
  expect(await keys.destroy("main")).toBe(true);
  expect(await keys.find("main")).toBeUndefined();
  expect(await keys.destroy("main")).toBe(false);
  expect(await readdir(folder)).toEqual([]);
});

test("what a backup has of the keys are whole ones that are there: none that was destroyed, none that is being made", async () => {
  const [here, there] = [keysIn(), keysIn()];
  const main = await here.of("main");
  await here.of("gone");
  await here.destroy("gone");
  await writeFile(join(folder, "new.json.beside"), "half a k");
  const kept = await here.files();
  expect(kept.map(({ name }) => name)).toEqual(["main.json"]);
  expect(JSON.parse(kept[0]?.content ?? "")).toMatchObject({ key: Buffer.from(main.bytes).toString("base64url") });
  // Destroyed and made again by one process while another one reads: each that is read is one that was there.
  for (let n = 0; n < 20; n++) {
    const reading = there.files();
    await here.destroy("main");
    for (const { content } of await reading) expect(JSON.parse(content).key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await here.of("main");
  }
});

test("another process of the home does not go on with it, nor read it half written over", async () => {
  const [here, there] = [keysIn(), keysIn()];
  const old = await here.of("main");
  expect(await there.of("main")).toEqual(old);
  for (let n = 0; n < 20; n++) {
    const asked = Array.from({ length: 20 }, () => there.of("main"));
    await here.destroy("main");
    await Promise.all(asked);
  }
  await here.destroy("main");
  expect(await there.find("main")).toBeUndefined();
  const made = await there.of("main");
  expect(made.id).not.toBe(old.id);
  expect(await here.of("main")).toEqual(made);
});

test("what was cut off is destroyed by destroying it again; a file that is no key is said to be none", async () => {
  const keys = keysIn();
  await keys.of("main");
  const path = join(folder, "main.json");
  await writeFile(`${path}.1.gone`, await readFile(path));
  await rm(path);
  expect(await keys.destroy("main")).toBe(true);
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, "{}");
  await expect(keys.of("main")).rejects.toMatchObject({ code: "bad_config", message: expect.stringContaining(path) });
  await expect(keys.find("main")).rejects.toMatchObject({ code: "bad_config" });
  expect(await keys.destroy("main")).toBe(true);
});
