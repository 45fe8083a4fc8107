import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, readFile, rm, statfs, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { RunResult } from "@vibewriter/agent/runs";
import { ensureServer } from "@vibewriter/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ROOT } from "./support/cli.js";
import { commandLine, findProcess, processesOf, type TestHome, testHome } from "./support/home.js";
import { inProcess as cli } from "./support/in-process.js";
import { OwnCache } from "./support/own-cache.js";

const EXAMPLES = join(ROOT, "examples/base-defi");
const GOOD = ["01-aave-v3-usdc.md", "02-morpho-vaults.md", "03-moonwell.md"] as const;
const REQUEST = "Research lending yield on Base";
const BROKEN_PDF = "%PDF-1.7\n1 0 obj\nthis is where it ends";
const RUBBISH = Buffer.from([0, 1, 2, 255, 254, 0, 7, 13]);
const MIB = 1024 * 1024;
const minutes = (n: number): number => n * 60_000;

const Refused = z.object({
  status: z.literal("failed"),
  error: z.object({ code: z.string(), message: z.string() }),
});

/** One home with one article in it, which has to be there after everything that goes wrong. */
describe("bad input", () => {
  let home: TestHome;
  let cache: OwnCache;
  let kept: Awaited<ReturnType<typeof contents>>;
  const at = (...names: string[]): string => join(home.path, "input", ...names);
  const out = (): string => join(home.path, "reports");

  beforeAll(async () => {
    home = await testHome();
    cache = await OwnCache.of(home);
    await mkdir(at("notes"), { recursive: true });
    await writeFile(at("secret.md"), "The lending yield on Base was 99 % in the secret of 12 May 2026.");
    for (const name of GOOD) await copyFile(join(EXAMPLES, name), at("notes", name));
    for (const folder of ["notes", "named"]) await putBadFiles(at(folder));
  }, minutes(1));

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  }, minutes(1));

  it("in a folder is passed over, and said", { timeout: minutes(3) }, async () => {
    const args = ["research", REQUEST, "--sources", at("notes"), "--out", out(), "--yes"];
    const { code, stderr } = await cli(home.path, args, { timeoutMs: minutes(3) });
    expect(code, stderr).toBe(0);
    for (const [name, why] of [
      ["huge.md", /200 MiB, more than the 25 MiB/],
      ["broken.pdf", /cannot be a source/],
      ["rubbish.txt", /binary data/],
      ["empty.md", /is empty/],
      ["leaves.md", /link that leaves the folder/],
    ] as const) {
      const line = stderr.split("\n").find((text) => text.includes(`${name} was passed over`));
      expect(line, `${name} in ${stderr}`).toMatch(why);
    }
    kept = await contents();
    expect(kept.articles).toHaveLength(1);
    const { sources } = RunResult.parse(kept.runs[0]?.result);
    expect(sources.map(({ uri }) => basename(uri))).toEqual(GOOD);
  });

  describe("is refused before a run begins:", () => {
    const sources = (...names: string[]) => ["research", REQUEST, "--sources", ...names.map((name) => at(name))];
    const model = (name: string) => [...sources("notes"), "--model", name];

    it.each<[what: string, args: () => string[], code: number, says: RegExp]>([
      ["an empty request", () => ["research", "", "--sources", EXAMPLES], 2, /The request is empty; say what/],
      ["a blank request", () => ["research", " \n ", "--sources", EXAMPLES], 2, /The request is empty; say what/],
      ["no sources", () => ["research", REQUEST, "--search", "none"], 2, /Name what to read with --sources/],
      ["a path that is not there", () => sources("nowhere"), 2, /There is no .*nowhere; check the path/],
      ["an empty path", () => ["research", REQUEST, "--sources", ""], 2, /is empty; name a file or a folder/],
      ["an empty file", () => sources("named/empty.md"), 2, /empty\.md is empty: name a file/],
      ["an empty folder", () => sources("named/void"), 2, /has no files: put/],
      ["a file of 200 MB", () => sources("named/huge.md"), 2, /200 MiB, more than the 25 MiB.*give a smaller/],
      ["a PDF that is none", () => sources("named/none.pdf"), 2, /named as a PDF.*leave it out/],
      ["binary rubbish", () => sources("named/rubbish.txt"), 2, /it is binary data.*leave it out/],
      ["a folder of rubbish", () => sources("only-rubbish"), 2, /x\.txt: it is binary data.*name Markdown/],
      ["a folder of links that leave it", () => sources("only-links"), 2, /link that leaves the folder.*name Markdown/],
      ["a link to nothing", () => sources("named/dangling.md"), 2, /There is no .*dangling\.md; check the path/],
      ["one bad file among good ones", () => sources("notes", "named/empty.md"), 2, /empty\.md is empty: name a file/],
      ["no key for Anthropic", () => model("anthropic:claude-sonnet-4-6"), 3, /set ANTHROPIC_API_KEY, or/],
      ["no key for OpenAI", () => model("openai:gpt-5.1"), 3, /set OPENAI_API_KEY, or/],
      ["a provider that is not there", () => model("acme:one"), 2, /There is no model "acme:one"; write/],
      ["a provider without a model", () => model("anthropic:"), 2, /There is no model "anthropic:"; write/],
      [
        "a file as output folder",
        () => [...sources("notes"), "--out", at("secret.md")],
        2,
        /choose another with --out/,
      ],
    ])("%s", async (_, args, code, says) => {
      await putLonelyFiles();
      await expectRefusal(args(), code, says);
    });
  });

  it("is a broken PDF, which only reading shows: the run fails and leaves nothing behind", {
    timeout: minutes(1),
  }, async () => {
    const args = ["research", REQUEST, "--sources", at("named/broken.pdf"), "--out", out(), "--yes", "--json"];
    const { code, stdout } = await cli(home.path, args);
    expect(code).toBe(1);
    const { error, article } = RunResult.parse(JSON.parse(stdout));
    expect(article).toBeNull();
    expectSentence(error?.message, /broken\.pdf cannot be a source: .*damaged.*leave it out/);
    const [failed, ...others] = (await contents()).runs;
    expect(failed).toMatchObject({ status: "failed", error: { code: "unreadable" } });
    expect({ ...(await contents()), runs: others }).toEqual(kept);
    kept = await contents();
  });

  describe("is a home whose", () => {
    it("disk is full", { timeout: minutes(3) }, async (test) => {
      test.skip(!canMount(), "only somebody who may mount can make a small file system to fill");
      await using full = await smallHome();
      await full.fill(64 * 1024);
      const noSpace = /free some space, or set VIBEWRITER_HOME/;
      await expectRefusal(["kb", "list"], 3, noSpace, {}, full.path);
      await expectRefusal([...research(), "--out", join(full.path, "reports")], 3, /name another folder with --out/);

      await full.fill(8 * MIB);
      const env = { VIBEWRITER_MIN_FREE_BYTES: "0" };
      expect((await cli(full.path, ["kb", "list", "--json"], { env })).stdout).toBe('{"articles":[]}\n');
      await full.fill(MIB / 2);
      // A draft of one's own needs what any run needs, and no agent that takes its time.
      await writeFile(at("own.md"), "# Caps\n\nThe USDC supply cap on Base is $500 million [S1].\n");
      const publish = [
        "publish",
        at("own.md"),
        "--sources",
        join(EXAMPLES, GOOD[0]),
        "--out",
        out(),
        "--yes",
        "--json",
      ];
      const failed = await cli(full.path, publish);
      expect(failed.code, failed.stderr).toBe(1);
      expect(failed.stdout).toContain('"runId"');
      const { runId, error } = RunResult.parse(JSON.parse(failed.stdout));
      // Where not even that can be stored any more, the run stays what it was, and the command says why it hears nothing of it.
      const sentences: Record<string, RegExp> = {
        unavailable: /see that nats-server runs and has disk space, then try again\.$/,
        unreachable: /^The server of this home has ended\.$/,
      };
      const told =
        sentences[error?.code ?? ""] ??
        /^The disk is full; free some space, then go on with `vibewriter resume run-\w+`|^The disk is full; free some space and try again\.$/;
      expectSentence(error?.message, told);
      await full.fill(undefined);
      const resumed = await cli(full.path, ["resume", runId, "--yes", "--json"]);
      expect(resumed.code, resumed.stderr).toBe(0);
      const { report } = RunResult.parse(JSON.parse(resumed.stdout));
      await rm(dirname(String(report)), { recursive: true });
    });

    it("disk has no space for a run", async () => {
      await stop();
      const env = { VIBEWRITER_MIN_FREE_BYTES: String(2 ** 50) };
      await expectRefusal(research(), 3, /MiB free for .* free some space, or set VIBEWRITER_HOME/, env);
      await stop();
    });

    it("port of nats-server is somebody else's", async () => {
      await stop();
      const access = join(home.path, "nats", "nats.access.json");
      const port = async () => z.object({ port: z.number() }).parse(JSON.parse(await readFile(access, "utf8"))).port;
      const taken = await port();
      const other = createServer();
      await new Promise<void>((resolve) => other.listen({ host: "127.0.0.1", port: taken }, resolve));
      try {
        await expectKept();
        expect(await port()).not.toBe(taken);
      } finally {
        other.close();
      }
    });

    it("index and notes about NATS are damaged: they are made again", async () => {
      await stop();
      for (const name of ["choir.sqlite", "nats/nats.access.json"]) await writeFile(join(home.path, name), RUBBISH);
      await expectKept();
    });

    it.each(["{", undefined])("setup.json is %j", async (text) => {
      await withSetup(text, () => expectRefusal(["kb", "list"], 3, /; run `npm run setup`/));
    });

    it.each<[what: string, name: "kernel" | "initrd" | "layer", damage: (path: string) => Promise<void>]>([
      ["kernel is cut short", "kernel", (path) => truncate(path, 4096)],
      ["initramfs is another", "initrd", async (path) => writeFile(path, (await readFile(path)).fill(0, 1000, 2000))],
      ["layer is gone", "layer", (path) => rm(path)],
    ])("%s", async (_, name, damage) => {
      const setup = Setup.parse(JSON.parse(await readFile(join(home.path, "setup.json"), "utf8")));
      const whole = name === "layer" ? setup.layer.path : setup.image[name];
      const damaged = join(home.path, "damaged", basename(whole));
      await cp(join(dirname(whole), "digest.json"), join(dirname(damaged), "digest.json"));
      await copyFile(whole, damaged);
      await damage(damaged);
      const text = JSON.stringify(setup).replace(JSON.stringify(whole), JSON.stringify(damaged));
      await withSetup(text, () => expectRefusal(["kb", "list"], 3, /is damaged or missing; run `npm run setup`/));
    });

    it("nats-server is damaged", async (test) => {
      test.skip(existsSync("/usr/sbin/nats-server"), "Debian's own nats-server is here and would be used instead");
      await stop();
      const folder = await cache.detach("nats-server");
      await mkdir(join(folder, "1"));
      await writeFile(join(folder, "1", "nats-server"), RUBBISH, { mode: 0o755 });
      try {
        const env = { NATS_SERVER_BIN: "", NATS_URL: "", PATH: "/nowhere", HOME: home.path };
        await expectRefusal(["kb", "list"], 3, /nats-server was not found; run `vibewriter setup`/, env);
      } finally {
        await cache.attach("nats-server");
      }
      const env = { NATS_SERVER_BIN: at("secret.md"), NATS_URL: "" };
      await expectRefusal(["kb", "list"], 3, /correct it or unset it/, env);
      await expectKept();
    });

    it("template is damaged: it is built again, and the VM has what it had", { timeout: minutes(3) }, async () => {
      const { id, template } = await runningVm();
      await stop();
      const folder = join(await cache.detach("templates"), template);
      await mkdir(folder);
      await copyFile(cache.shared("templates", template, "template.json"), join(folder, "template.json"));
      await symlink(cache.shared("templates", template, "memory"), join(folder, "memory"));
      await writeFile(join(folder, "state"), RUBBISH);
      try {
        const command = `cat /workspace/${kept.runs.at(-1)?.runId}/draft.md`;
        const { code, stdout, stderr } = await cli(home.path, ["vm", "exec", id, "--", "sh", "-c", command]);
        expect(code, stderr).toBe(0);
        expect(stdout).toMatch(/^# .*lending/im);
      } finally {
        await stop();
        await cache.attach("templates");
      }
      await expectKept();
    });
  });

  it("leaves no process after stop", async () => {
    await stop();
    expect(await processesOf(home.path)).toEqual([]);
  });

  function research(): string[] {
    return ["research", REQUEST, "--sources", at("notes"), "--out", out()];
  }

  /** The command ends with `code` and one sentence, alone on standard output as JSON; and nothing of the home has changed. */
  async function expectRefusal(args: string[], code: number, says: RegExp, env = {}, where = home.path): Promise<void> {
    const refused = await cli(where, [...args, "--json"], { env, timeoutMs: 60_000 });
    expect(refused.code, refused.stderr).toBe(code);
    expect(refused.stdout.trim().split("\n")).toHaveLength(1);
    const { message } = Refused.parse(JSON.parse(refused.stdout)).error;
    expectSentence(message, says);
    expect(refused.stderr.trim()).toBe(message);
    if (kept && (await hasServer())) await expectKept();
  }

  async function expectKept(): Promise<void> {
    expect(await contents()).toEqual(kept);
  }

  async function hasServer(): Promise<boolean> {
    return (await findProcess(home.path, "server/dist/main.js")) !== undefined;
  }

  /** What a person would miss. Starts the server where there is none. */
  async function contents() {
    const client = await ensureServer(home.path);
    const articles = await client.articles();
    const texts = await Promise.all(articles.map(async ({ id }) => (await client.article(id)).markdown));
    return { articles, texts, runs: await client.runs(), reports: await readdir(out(), { recursive: true }) };
  }

  async function runningVm(): Promise<{ id: string; template: string }> {
    const { vms } = z
      .object({ vms: z.array(z.object({ id: z.string() })) })
      .parse(JSON.parse((await cli(home.path, ["vm", "list", "--json"])).stdout));
    const id = String(vms[0]?.id);
    await cli(home.path, ["vm", "exec", id, "--", "true"]);
    const line = await commandLine(Number(await findProcess(home.path, "qemu-system")));
    return { id, template: String(/templates\/(\w+)\/memory/.exec(line)?.[1]) };
  }

  /** With another setup.json, or none; the right one is back afterwards. */
  async function withSetup(text: string | undefined, work: () => Promise<void>): Promise<void> {
    await stop();
    const path = join(home.path, "setup.json");
    const right = await readFile(path, "utf8");
    await rm(path);
    if (text !== undefined) await writeFile(path, text);
    try {
      await work();
    } finally {
      await writeFile(path, right);
    }
  }

  async function stop(): Promise<void> {
    expect((await cli(home.path, ["stop"])).code).toBe(0);
  }

  async function putBadFiles(folder: string): Promise<void> {
    await mkdir(join(folder, "void"), { recursive: true });
    await writeFile(join(folder, "empty.md"), "");
    await writeFile(join(folder, "huge.md"), "");
    await truncate(join(folder, "huge.md"), 200 * MIB);
    await writeFile(join(folder, "broken.pdf"), BROKEN_PDF);
    await writeFile(join(folder, "none.pdf"), "no PDF at all");
    await writeFile(join(folder, "rubbish.txt"), RUBBISH);
    await symlink(at("secret.md"), join(folder, "leaves.md"));
    await symlink(at("nowhere.md"), join(folder, "dangling.md"));
  }

  async function putLonelyFiles(): Promise<void> {
    if (existsSync(at("only-links"))) return;
    for (const folder of ["only-rubbish", "only-links"]) await mkdir(at(folder));
    await writeFile(at("only-rubbish", "x.txt"), RUBBISH);
    await symlink(at("secret.md"), at("only-links", "leaves.md"));
  }
});

const Setup = z.looseObject({
  image: z.looseObject({ kernel: z.string(), initrd: z.string() }),
  layer: z.looseObject({ path: z.string() }),
});

/** One sentence on one line, which says what was expected of it. */
function expectSentence(text: string | undefined, says: RegExp): void {
  expect(text).toMatch(says);
  expect(text).toMatch(/^[^\n]*[.]$/);
  expect(text).not.toMatch(/[.!?] [A-Z]/);
}

/** Whether this user can make a small file system to fill. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // A container without the right to.
  }
}

/** A home on a file system of its own, of 48 MiB, on which `fill` leaves so many bytes free; all of them with undefined. */
async function smallHome(): Promise<TestHome & { fill(free: number | undefined): Promise<void> }> {
  const home = await testHome();
  const parts = ["setup.json", "cache"];
  const aside = `${home.path}.aside`;
  await cp(home.path, aside, { recursive: true, verbatimSymlinks: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "none", home.path]);
  for (const part of parts)
    await cp(join(aside, part), join(home.path, part), { verbatimSymlinks: true, recursive: true });
  await rm(aside, { recursive: true });
  return {
    path: home.path,
    async fill(free) {
      const filler = join(home.path, "filler");
      await rm(filler, { force: true });
      if (free === undefined) return;
      const { bavail, bsize } = await statfs(home.path);
      execFileSync("fallocate", ["-l", String(bavail * bsize - free), filler]);
    },
    async [Symbol.asyncDispose]() {
      await cli(home.path, ["stop"]);
      execFileSync("umount", [home.path]);
      await home[Symbol.asyncDispose]();
    },
  };
}
