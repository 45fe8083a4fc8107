import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredServer } from "../../../packages/backbone/test/support/configured-server.js";
import type { Finished } from "../../../tests/support/cli.js";
import { testHome } from "../../../tests/support/home.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";

describe("vibewriter tenant", () => {
  let home: Awaited<ReturnType<typeof testHome>>;
  // A home that has tenants serves them, also when nobody asks it for long.
  const IDLE = { env: { VIBEWRITER_IDLE_SECONDS: "3" } };
  const tenant = (...args: string[]): Promise<Finished> => cli(home.path, ["tenant", ...args], IDLE);

  beforeAll(async () => {
    home = await testHome();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  it("makes, shows and revokes tenants and keys, and says how they are used", async () => {
    expect(await tenant("list")).toMatchObject({ code: 0, stdout: expect.stringContaining("No tenants") });
    const added = await tenant("add", "acme", "--storage", "1GiB");
    expect(added.code, added.stderr).toBe(0);
    expect(added.stdout).toMatch(
      /worker: NATS_URL=nats:\/\/127\.0\.0\.1:\d+ VIBEWRITER_NATS_NKEY=\S+\/acme\/worker\.nk vibewriter worker/,
    );
    expect(added.stdout).toContain("storage 1.0 GiB");
    const seed = join(home.path, "tenants", "acme", "worker.nk");
    expect((await stat(seed)).mode & 0o777).toBe(0o600);
    expect(added.stdout + added.stderr).not.toContain((await readFile(seed, "utf8")).trim());

    expect(await tenant("add", "acme", "--connections", "9")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("9 connections"),
    });
    const agent = await tenant("user", "add", "acme", "ada", "--role", "agent", "--agent", "ada");
    expect(agent.stdout).toMatch(
      /NatsSaver\.fromUrl\("nats:\S+", { agent: "ada", credentials: { nkeyFile: "\S+ada\.nk" }/,
    );
    expect((await tenant("user", "add", "acme", "ada", "--role", "worker")).code).toBe(2);
    expect((await tenant("show", "acme")).stdout).toMatch(/ada +agent of ada +U[A-Z2-7]{55}/);
    expect((await tenant("user", "revoke", "acme", "ada")).code).toBe(0);
    expect((await tenant("show", "acme")).stdout).not.toContain("ada");
  }, 180_000);

  it("says what was typed wrong", async () => {
    for (const [args, sentence] of [
      [["add", "Bad Name"], "cannot name a tenant"],
      [["add", "acme2", "--storage", "much"], "10GiB"],
      [["show", "nobody"], "There is no tenant"],
      [["user", "add", "acme", "x", "--role", "king"], "king"],
      [["user", "add", "acme", "x", "--role", "agent"], "--agent"],
      [["list", "--config", "tenants.txt"], ".conf"],
    ] as const) {
      expect(await tenant(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
    }
  }, 180_000);

  it("writes what an operator's own server includes, and deletes what a tenant had there in two steps", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vw-tenants-"));
    const config = join(folder, "tenants.conf");
    const onFile = (command: string, name: string, ...more: string[]) =>
      tenant(command, name, "--config", config, ...more);
    try {
      const added = await onFile("add", "remote", "--out", join(folder, "keys"));
      expect(added.code, added.stderr).toBe(0);
      expect(added.stdout).toContain("nats-server --signal reload");
      const text = await readFile(config, "utf8");
      expect(text).toContain('"TENANT_remote"');
      for (const file of ["keys/operator.nk", "keys/worker.nk", "keys/client.nk", "choir.nk"]) {
        expect(text).not.toContain((await readFile(join(folder, file), "utf8")).trim());
      }

      await writeFile(
        config,
        text
          .split("\n")
          .filter((line) => !line.includes("CLIENT_remote"))
          .join("\n"),
      );
      const renewed = await tenant("list", "--config", config);
      expect(renewed).toMatchObject({ code: 0, stderr: expect.stringContaining("is written anew") });
      expect(await readFile(config, "utf8")).toBe(text);

      const around = `accounts { include tenants.conf }\njetstream { store_dir: "${join(folder, "data")}" }`;
      await using server = await configuredServer(folder, around);
      const url = `nats://127.0.0.1:${server.port}`;
      const as = (key: string) => ({ env: { NATS_URL: url, VIBEWRITER_NATS_NKEY: join(folder, key) } });
      const prepared = await cli(home.path, ["tenant", "prepare"], as("keys/operator.nk"));
      expect(prepared.code, prepared.stderr).toBe(0);
      const streams = async () => (await readdir(join(folder, "data/jetstream/TENANT_remote/streams"))).length;
      expect(await streams()).toBeGreaterThan(12);

      const purge = ["tenant", "revoke", "remote", "--purge", "--config", config];
      const first = await cli(home.path, purge);
      expect(first.code, first.stderr).toBe(0);
      expect(first.stdout).toContain("the same again");
      expect((await onFile("show", "remote")).stdout).toContain("wait to be deleted");
      expect(await cli(home.path, purge)).toMatchObject({ code: 2, stderr: expect.stringContaining("Set NATS_URL") });
      const early = await cli(home.path, purge, as("keys/operator.nk"));
      expect(early).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("do not know the key of this purge yet"),
      });
      expect(await streams()).toBeGreaterThan(12);

      await server.reload(around);
      const done = await cli(home.path, [...purge, "--json"], as("keys/operator.nk"));
      expect(done.code, done.stderr).toBe(0);
      expect(JSON.parse(done.stdout)).toMatchObject({ revoked: "remote", purged: true });
      expect(await streams()).toBe(0);
      expect((await tenant("list", "--config", config)).stdout).toContain("No tenants");
      expect(await readFile(config, "utf8")).not.toContain("TENANT_remote");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);

  it("lets a client's home start a run that a worker's home drives, and nobody after it is revoked", async () => {
    await using worker = await testHome();
    await using client = await testHome();
    const out = await mkdtemp(join(tmpdir(), "vw-out-"));
    const { made, url } = JSON.parse((await tenant("add", "whole", "--json")).stdout);
    const path = (role: string): string =>
      made.find((one: { user: { role: string } }) => one.user.role === role)?.path ?? "";
    const as = (role: string) => ({ NATS_URL: url, VIBEWRITER_NATS_NKEY: path(role) });
    try {
      const remembered = ["memory", "set", "facts/team.md", "The team is four people."];
      const started = await cli(worker.path, remembered, { env: as("worker") });
      expect(started.code, started.stderr).toBe(0);
      const research = [
        "research",
        "DeFi yield on Base",
        "--sources",
        "examples/base-defi",
        "--model",
        "offline",
        "--yes",
      ];
      const env = { ...as("client"), VIBEWRITER_RUNS_AT_ONCE: "0" };
      const done = await cli(client.path, [...research, "--out", out], { env, timeoutMs: 400_000 });
      expect(done.code, done.stderr).toBe(0);
      const list = await cli(worker.path, ["kb", "list", "--json"], { env: as("worker") });
      expect(JSON.parse(list.stdout).articles).toHaveLength(1);
      // What a tenant has published, the operator's home and every other tenant finds.
      const shared = async () => JSON.parse((await cli(home.path, ["kb", "list", "--json"])).stdout).articles;
      await expect.poll(shared, { timeout: 30_000 }).toHaveLength(1);

      // A client reads what the tenant has, and changes nothing but runs; what the worker's host has the key of, it cannot read.
      const asked = (...args: string[]) => cli(client.path, args, { env });
      const [listed, found, written, audit, data, erased, backup] = await Promise.all([
        asked("memory", "list"),
        asked("memory", "search", "people"),
        asked("memory", "set", "facts/team.md", "The team is five people."),
        asked("audit", "show"),
        asked("data", "export", "main", "-o", join(out, "data")),
        asked("data", "erase", "main", "--yes"),
        asked("backbone", "backup", join(out, "backup")),
      ]);
      expect(listed.stdout + found.stdout).toMatch(/1 .*facts\/team\.md[\s\S]*four people/);
      const elsewhere = expect.stringMatching(/entries of the audit cannot be read here: the key is on /);
      expect(audit).toMatchObject({ code: 0, stderr: elsewhere });
      expect(data).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d\d files/), stderr: elsewhere });
      for (const refused of [written, erased, backup])
        expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("in a home with a worker's key") });
      const kept = JSON.parse((await cli(worker.path, ["runs", "--json"], { env: as("worker") })).stdout);
      expect(kept.runs).toMatchObject([{ status: "done" }]);

      expect((await tenant("revoke", "whole")).code).toBe(0);
      await cli(client.path, ["stop"]);
      const refused = await cli(client.path, ["runs"], { env });
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("refused the credentials") });
      expect((await tenant("revoke", "whole", "--purge")).code).toBe(0);
      expect((await tenant("list")).stdout).not.toContain("whole");
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 600_000);
});
