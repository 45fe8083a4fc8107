import { createHash } from "node:crypto";
import { mkdir, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readConfig } from "../src/config.js";
import { homePaths, makeHome } from "../src/home.js";
import { keysHeader, keysOf, readKeysHeader, withoutKeys } from "../src/keys.js";
import { connectionOf } from "../src/nats.js";
import { readOwnerFile, writeOwnerFile } from "../src/owner-file.js";
import { readSetup } from "../src/setup-manifest.js";
import { tempHome } from "./support/temp-home.js";

describe("home", () => {
  it("keeps its socket inside, in a folder of its owner only", async () => {
    await using home = await tempHome();
    const paths = homePaths(home.path);
    makeHome(paths);
    expect(paths.socket).toBe(join(home.path, "server", "server.sock"));
    expect((await stat(paths.run)).mode & 0o777).toBe(0o700);
  });

  it("gives a home too deep for a socket a short folder of its own", () => {
    const deep = `/tmp/${"deep/".repeat(30)}`;
    const a = homePaths(`${deep}a`);
    expect(Buffer.byteLength(a.socket)).toBeLessThan(108);
    expect(homePaths(`${deep}a`).socket).toBe(a.socket);
    expect(homePaths(`${deep}b`).socket).not.toBe(a.socket);
  });

  it("refuses a run folder that is a link to somewhere else", async () => {
    await using home = await tempHome();
    await mkdir(join(home.path, "elsewhere"));
    await symlink(join(home.path, "elsewhere"), join(home.path, "server"));
    expect(() => makeHome(homePaths(home.path))).toThrow(/belongs to somebody else/);
  });
});

describe("configuration", () => {
  it("has defaults, a file over them, and the environment over both", async () => {
    await using home = await tempHome();
    const path = join(home.path, "config.json");
    expect(await readConfig(path, {})).toMatchObject({ idleSeconds: 600, runsAtOnce: 2, production: false });
    expect(await readConfig(path, { VIBEWRITER_PRODUCTION: "1", VIBEWRITER_QUOTA_MIB: "9000" })).toMatchObject({
      ...{ production: true, quotaMiB: 9_000, vmIdleSeconds: 1_800 },
    });
    expect(await readConfig(path, { VIBEWRITER_SEARCH: "none" })).toMatchObject({ search: [] });
    const budget = { maxCostUsd: 5, maxMinutes: 9, stages: { research: { maxTokens: 2_000, maxToolCalls: 3 } } };
    await writeFile(path, JSON.stringify({ idleSeconds: 30, runsAtOnce: 3, search: ["crossref"], budget }));
    expect((await readConfig(path, {})).budget).toEqual(budget);
    expect((await readConfig(path, {})).search).toEqual(["crossref"]);
    expect((await readConfig(path, { VIBEWRITER_SEARCH: "arxiv, wikipedia" })).search).toEqual(["arxiv", "wikipedia"]);
    expect(await readConfig(path, { VIBEWRITER_IDLE_SECONDS: "5" })).toMatchObject({ idleSeconds: 5, runsAtOnce: 3 });
  });

  it.each([
    ['{"idleSecond": 3}', {}, /idleSecond/],
    ["not json", {}, /not a JSON object/],
    ["{}", { VIBEWRITER_IDLE_SECONDS: "soon" }, /VIBEWRITER_IDLE_SECONDS/],
    ["{}", { VIBEWRITER_RUNS_AT_ONCE: "-1" }, /VIBEWRITER_RUNS_AT_ONCE/],
    ["{}", { VIBEWRITER_PRODUCTION: "yes" }, /VIBEWRITER_PRODUCTION/],
    ['{"userLimits": {"vm": 3}}', {}, /userLimits/],
    ['{"budget": {"maxCostUsd": 0}}', {}, /setting budget.maxCostUsd is wrong .*>0\); correct it in/],
    ['{"budget": {"maxTokens": 10}}', {}, /setting budget.maxTokens is wrong .*>=1000/],
    ['{"budget": {"stages": {"rest": {"maxToolCalls": 1}}}}', {}, /setting budget.stages/],
    [
      '{"budget": {"stages": {"research": {"maxToolCalls": 0}}}}',
      {},
      /setting budget.stages.research.maxToolCalls is wrong/,
    ],
    ["{}", { VIBEWRITER_SEARCH: "wikipedia,google" }, /VIBEWRITER_SEARCH/],
    ['{"searxngUrl": "file:///etc"}', {}, /searxngUrl/],
    ['{"searxngUrl": "http://me:hunter2@home.example"}', {}, /searxngUrl is wrong \(it must have no user and no pass/],
    ['{"endpoints": {"own": "https://token@home.example/v1"}}', {}, /endpoints.own is wrong \(it must have no user/],
    ["{}", { QDRANT_URL: "https://me:hunter2@q.example" }, /QDRANT_URL is wrong \(it must have no user/],
    ["{}", { VIBEWRITER_CONTACT: "me\r\nx: y" }, /VIBEWRITER_CONTACT/],
    ["{}", { VIBEWRITER_NATS_NKEY: "worker.nk" }, /VIBEWRITER_NATS_NKEY is wrong .*absolute path/],
  ])("names what is wrong in %s %o", async (text, env, message) => {
    await using home = await tempHome();
    const path = join(home.path, "config.json");
    await writeFile(path, text);
    await expect(readConfig(path, env)).rejects.toThrow(message);
  });

  it("reaches NATS with the files that are named, and with one kind of credentials", async () => {
    const env = { NATS_URL: "tls://nats:4222", VIBEWRITER_NATS_NKEY: "/k/worker.nk", VIBEWRITER_NATS_CA: "/k/ca.pem" };
    const config = await readConfig("/nowhere/config.json", env);
    expect(connectionOf(config)).toEqual({
      ...{ url: "tls://nats:4222", credentials: { nkeyFile: "/k/worker.nk" } },
      tls: { ca: "/k/ca.pem", cert: undefined, key: undefined },
    });
    expect(connectionOf(await readConfig("/nowhere/config.json", {}))).toEqual({ url: undefined });
    expect(() => connectionOf({ ...config, natsCreds: "/k/worker.creds" })).toThrow(/keep one of them/);
  });

  it("says how to set up a home that is not, or whose manifest is damaged", async () => {
    await using home = await tempHome();
    const path = join(home.path, "setup.json");
    await expect(readSetup(path)).rejects.toMatchObject({
      code: "requirement_missing",
      message: expect.stringMatching(/npm run setup/),
    });
    await writeFile(path, '{"version":1}');
    await expect(readSetup(path)).rejects.toMatchObject({
      code: "requirement_missing",
      message: expect.stringMatching(/damaged/),
    });
  });

  it("is not used when a file of its cache is not the one that was made", async () => {
    await using home = await tempHome();
    const at = (name: string) => join(home.path, name);
    const image = { kernel: at("kernel"), vmlinux: at("vmlinux"), initrd: at("initrd"), base: at("base"), digest: "0" };
    const rest = { layer: { path: at("layer"), digest: "0" }, natsServer: null, qemu: { path: "/qemu", version: "7" } };
    const path = at("setup.json");
    await writeFile(path, JSON.stringify({ version: 1, image, ...rest }));
    const files: Record<string, { size: number; mtimeMs: number; sha256: string }> = {};
    for (const name of ["kernel", "vmlinux", "initrd", "base", "layer"]) {
      await writeFile(at(name), name);
      const { size, mtimeMs } = await stat(at(name));
      files[name] = { size, mtimeMs, sha256: createHash("sha256").update(name).digest("hex") };
    }
    await writeFile(at("digest.json"), JSON.stringify({ version: 1, files }));
    await readSetup(path);
    await utimes(at("base"), 1, 1);
    await readSetup(path);
    for (const damage of ["bas!", "basebase"]) {
      await writeFile(at("base"), damage);
      await expect(readSetup(path)).rejects.toMatchObject({
        code: "requirement_missing",
        message: expect.stringMatching(/base is damaged or missing; run `npm run setup`/),
      });
    }
  });
});

describe("keys", () => {
  it("go along with a run and stay out of the server's environment", () => {
    const env = { PATH: "/bin", OPENAI_API_KEY: "sk-1", TAVILY_API_KEY: "" };
    expect(withoutKeys(env)).toEqual({ PATH: "/bin" });
    expect(readKeysHeader(keysHeader(keysOf(env))["x-vibewriter-keys"])).toEqual({ OPENAI_API_KEY: "sk-1" });
    expect(readKeysHeader(undefined)).toEqual({});
  });

  it("are refused without their text when they cannot be understood", () => {
    const wrong = Buffer.from('{"PATH":"secret"}').toString("base64url");
    expect(() => readKeysHeader(wrong)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });
});

describe("owner file", () => {
  it("is read back, and a damaged one says nothing", async () => {
    await using home = await tempHome();
    const path = join(home.path, "server.json");
    expect(await readOwnerFile(path)).toBeUndefined();
    const file = { owner: { pid: 5, startTime: "12" } };
    await writeOwnerFile(path, file);
    expect(await readOwnerFile(path)).toEqual(file);
    await writeFile(path, '{"owner":');
    expect(await readOwnerFile(path)).toBeUndefined();
  });
});
