import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cache } from "../../scripts/setup/cache.mjs";
import { requireInstallable } from "../../scripts/setup/debian.mjs";
import { requireSpace } from "../../scripts/setup/disk.mjs";
import { fetchRelease } from "../../scripts/setup/firecracker.mjs";
import { lock } from "../../scripts/setup/lock.mjs";
import { download } from "../../scripts/setup/nats.mjs";
import { isInstalled } from "../../scripts/setup/npm.mjs";
import { distribution, requirePlatform } from "../../scripts/setup/platform.mjs";
import { Progress } from "../../scripts/setup/progress.mjs";
import { make } from "../../scripts/setup/runner.mjs";
import { run } from "../../scripts/setup/shell.mjs";
import { ROOT } from "../support/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-setup-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("cache", () => {
  const build = (text: string) => async (work: string) => {
    await mkdir(join(work, "sub"));
    await writeFile(join(work, "a"), text);
    await writeFile(join(work, "sub", "b"), "b");
  };

  test("an entry is found when it is whole, also after a copy that changed its times", async () => {
    const cache = new Cache(folder);
    expect(await cache.find("kind", "key")).toBe(undefined);
    const entry = await cache.make("kind", "key", build("one"));
    expect(await cache.find("kind", "key")).toBe(entry);
    await utimes(join(entry, "a"), 1, 1);
    expect(await cache.find("kind", "key")).toBe(entry);
    expect(await cache.damaged("kind", "key")).toEqual([]);
    expect(await readdir(join(folder, "cache", "kind"))).toEqual(["key"]);
  });

  test.each([
    ["a shorter file", (entry: string) => truncate(join(entry, "a"), 1)],
    ["a file that is gone", (entry: string) => rm(join(entry, "sub"), { recursive: true })],
    ["other bytes", (entry: string) => writeFile(join(entry, "a"), "two")],
    ["a damaged stamp", (entry: string) => writeFile(join(entry, "digest.json"), "{")],
    ["no stamp", (entry: string) => rm(join(entry, "digest.json"))],
  ])("an entry with %s is built again", async (_what, damage) => {
    const cache = new Cache(folder);
    await damage(await cache.make("kind", "key", build("one")));
    expect(await cache.find("kind", "key")).toBe(undefined);
    const entry = await cache.make("kind", "key", build("one"));
    expect(await cache.find("kind", "key")).toBe(entry);
  });

  test("bytes that rotted with size and time unchanged are found by reading, and built again after that", async () => {
    const cache = new Cache(folder);
    const entry = await cache.make("kind", "key", build("one"));
    const stamp = JSON.parse(await readFile(join(entry, "digest.json"), "utf8"));
    await writeFile(join(entry, "a"), "eno");
    const seconds = stamp.files.a.mtimeMs / 1000;
    await utimes(join(entry, "a"), seconds, seconds);
    expect(await cache.damaged("kind", "key")).toEqual(["a"]);
    expect(await cache.find("kind", "key")).toBe(undefined);
  });

  test("a build that fails leaves nothing; one that was killed is swept away", async () => {
    const cache = new Cache(folder);
    const failing = cache.make("kind", "key", async (work: string) => {
      await writeFile(join(work, "a"), "half");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await readdir(join(folder, "cache", "kind"))).toEqual([]);
    await mkdir(join(folder, "cache", "kind", ".tmp-1-key"));
    await cache.sweep();
    expect(await readdir(join(folder, "cache", "kind"))).toEqual([]);
  });
});

describe("lock", () => {
  test("one at a time; the next one is told for whom it waits", async () => {
    const path = join(folder, "lock");
    const release = await lock(path);
    const told: number[] = [];
    let second = false;
    const waiting = lock(path, { waiting: (pid: number) => told.push(pid) }).then((r: () => Promise<void>) => {
      second = true;
      return r;
    });
    await sleep(300);
    expect([second, told]).toEqual([false, [process.pid]]);
    await release();
    await (await waiting)();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["of a dead process", '{"pid":4194305,"started":"4194305@1"}'],
    ["of a reused pid", `{"pid":${process.pid},"started":"${process.pid}@1"}`],
    ["that is damaged", '{"pi'],
  ])("a lock %s is taken over", async (_whose, content) => {
    const path = join(folder, "lock");
    await writeFile(path, content);
    const release = await lock(path);
    await release();
  });

  test("waiting ends when the set-up is interrupted", async () => {
    const path = join(folder, "lock");
    const release = await lock(path);
    const interrupted = new AbortController();
    const waiting = lock(path, { signal: interrupted.signal });
    interrupted.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await release();
  });
});

describe("steps", () => {
  const silent = new Progress({ isTTY: false, write: () => true });
  const go = (plan: Map<object, object[]>, signal = new AbortController().signal) =>
    make(plan, {}, { progress: silent, log: () => undefined, signal });
  const step = (name: string, body: (signal: AbortSignal) => Promise<unknown>, there = false) => ({
    name,
    current: async () => (there ? `${name} was there` : undefined),
    make: (_context: object, { signal }: { signal: AbortSignal }) => body(signal),
  });

  test("run side by side, after what they need, and only if there is something to do", async () => {
    const order: string[] = [];
    const note = (name: string, ms: number) => async () => {
      order.push(`+${name}`);
      await sleep(ms);
      order.push(`-${name}`);
      return name;
    };
    const [a, b, c] = [step("a", note("a", 60)), step("b", note("b", 20)), step("c", note("c", 1))];
    const d = step("d", note("d", 1), true);
    const results = await go(
      new Map<object, object[]>([
        [a, []],
        [b, []],
        [c, [a, d]],
        [d, []],
      ]),
    );
    expect(order).toEqual(["+a", "+b", "-b", "-a", "+c", "-c"]);
    expect([...results.values()]).toEqual(["a", "b", "c", "d was there"]);
  });

  test("when one fails the others are ended, and its error is the one that is told", async () => {
    let ended = false;
    const slow = step("slow", (signal) =>
      sleep(60_000, undefined, { signal }).finally(() => {
        ended = true;
      }),
    );
    const bad = step("bad", () => Promise.reject(new Error("the reason")));
    const after = step("after", () => Promise.reject(new Error("must not run")));
    const plan = new Map<object, object[]>([
      [slow, []],
      [bad, []],
      [after, [bad]],
    ]);
    await expect(go(plan)).rejects.toThrow("the reason");
    expect(ended).toBe(true);
  });

  test("an interrupted program ends with all that it started, and nothing half-made stays", async () => {
    const interrupted = new AbortController();
    const cache = new Cache(folder);
    const pidFile = join(folder, "pid");
    const work = cache.make("kind", "key", async (cwd: string) => {
      const script = `sh -c 'echo $$ > ${pidFile}; exec sleep 300' & wait`;
      await run("sh", ["-c", script], { cwd, signal: interrupted.signal });
    });
    while (!existsSync(pidFile)) await sleep(10);
    await sleep(50);
    const pid = Number(await readFile(pidFile, "utf8"));
    interrupted.abort(new Error("interrupted"));
    await expect(work).rejects.toThrow("interrupted");
    // Gone, or dead and waiting to be collected by whoever collects orphans here.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "0 () Z");
    expect(stat.slice(stat.lastIndexOf(")") + 2)).toMatch(/^[ZX]/);
    expect(await readdir(join(folder, "cache", "kind"))).toEqual([]);
  });
});

describe("the machine", () => {
  test("not enough disk space is said in a sentence, exit 3", async () => {
    await requireSpace(folder, 1);
    const small = requireSpace(join(folder, "not", "there", "yet"), 3 * 1024 ** 3, async () => 1024 ** 2);
    await expect(small).rejects.toMatchObject({ exitCode: 3 });
    await expect(small).rejects.toThrow(/0\.0 GiB free, 3\.0 GiB needed.*VIBEWRITER_HOME/);
  });

  test("Debian 12 and 13 are known, others are not", async () => {
    const osRelease = async (text: string) => {
      await writeFile(join(folder, "os-release"), text);
      return distribution(join(folder, "os-release"));
    };
    expect(await osRelease('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"')).toEqual({
      name: "Debian 12",
      debian: 12,
    });
    expect((await osRelease("ID=debian\nVERSION_ID=13\n")).debian).toBe(13);
    expect(await osRelease('ID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora 40"')).toEqual({ name: "Fedora 40" });
    expect(distribution(join(folder, "absent"))).toEqual({ name: "an unknown system" });
  });

  test("what cannot be installed is listed whole, exit 3", () => {
    const wanted = [
      { package: "qemu-system-x86", what: "QEMU for x86" },
      { package: "cargo", what: "Rust 1.85 or later (cargo)" },
    ];
    const refusal = (context: Parameters<typeof requireInstallable>[0]) => {
      try {
        requireInstallable(context, wanted);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const [fedora, debian] = [{ name: "Fedora 40" }, { name: "Debian 12", debian: 12 }];
    const list = /Fedora 40.*QEMU for x86 \(Debian: qemu-system-x86\), Rust 1\.85 or later \(cargo\) \(Debian: cargo\)/;
    expect(refusal({ distribution: fedora, uid: 0 })).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(list),
    });
    const asRoot = expect.stringContaining("apt-get install qemu-system-x86 cargo-web rustc-web");
    expect(refusal({ distribution: debian, uid: 1000 })).toMatchObject({ exitCode: 3, message: asRoot });
    expect(refusal({ distribution: debian, uid: 1000, sudo: "/usr/bin/sudo" })).toBe(undefined);
    expect(refusal({ distribution: debian, uid: 0 })).toBe(undefined);
  });

  test("another platform or an old Node is refused", () => {
    const here = { platform: "linux", arch: "x64", nodeVersion: "v20.19.0" };
    expect(() => requirePlatform(here)).not.toThrow();
    expect(() => requirePlatform({ ...here, nodeVersion: "v24.0.0" })).not.toThrow();
    expect(() => requirePlatform({ ...here, nodeVersion: "v20.18.3" })).toThrow("install Node 20.19");
    expect(() => requirePlatform({ ...here, platform: "darwin" })).toThrow("Linux on x86-64");
    expect(() => requirePlatform({ ...here, arch: "arm64" })).toThrow("Linux on x86-64");
  });
});

describe("Firecracker's release", () => {
  /** An archive as the project makes them: programs with the release in their names, and files that are not wanted. */
  async function release(programs: Record<string, string>) {
    const inside = join(folder, "release-v9.9.9-x86_64");
    await mkdir(inside);
    for (const [name, script] of Object.entries(programs)) await writeFile(join(inside, name), script, { mode: 0o644 });
    const archive = join(folder, "firecracker-v9.9.9-x86_64.tgz");
    await run("tar", ["-czf", archive, "-C", folder, "release-v9.9.9-x86_64"]);
    const server = createServer((_, response) => createReadStream(archive).pipe(response)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v9.9.9/firecracker-v9.9.9-x86_64.tgz`;
    const sha256 = createHash("sha256")
      .update(await readFile(archive))
      .digest("hex");
    const work = join(folder, "work");
    await mkdir(work);
    const fetched = fetchRelease({ url, sha256, work, log: () => undefined, signal: new AbortController().signal });
    return { work, fetched: fetched.finally(() => server.close()) };
  }
  const says = (name: string) => `#!/bin/sh\necho "${name} v9.9.9"\n`;

  test("gives the two programs, under names without a version, and nothing else", async () => {
    const { work, fetched } = await release({
      "firecracker-v9.9.9-x86_64": says("Firecracker"),
      "firecracker-v9.9.9-x86_64.debug": "symbols",
      "jailer-v9.9.9-x86_64": says("Jailer"),
      NOTICE: "text",
    });
    await fetched;
    expect((await readdir(work)).sort()).toEqual(["firecracker", "jailer"]);
    expect(await run(join(work, "jailer"), ["--version"])).toBe("Jailer v9.9.9\n");
  });

  test("is of no use without the jailer, or if a program does not run", async () => {
    const { fetched } = await release({ "firecracker-v9.9.9-x86_64": says("Firecracker") });
    await expect(fetched).rejects.toThrow(/jailer-v9\.9\.9-x86_64/);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const broken = await release({ "firecracker-v9.9.9-x86_64": "\x7fELF", "jailer-v9.9.9-x86_64": says("Jailer") });
    await expect(broken.fetched).rejects.toThrow(/the firecracker of .* does not run here/);
  });
});

describe("downloads", () => {
  test("the right bytes are kept; wrong ones, an error page and nobody there leave nothing", async () => {
    const source = join(ROOT, "LICENSE");
    const server = createServer((request, response) => {
      if (request.url === "/good") createReadStream(source).pipe(response);
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = join(folder, "file");
    const { signal } = new AbortController();
    const sum = createHash("sha256")
      .update(await readFile(source))
      .digest("hex");
    try {
      await download(`${base}/good`, path, sum, signal);
      expect(await readFile(path)).toEqual(await readFile(source));
      await expect(download(`${base}/good`, path, "0".repeat(64), signal)).rejects.toThrow("it was not used");
      expect(existsSync(path)).toBe(false);
      await expect(download(`${base}/bad`, path, sum, signal)).rejects.toThrow("answered 404");
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(download(`${base}/good`, path, sum, signal)).rejects.toThrow("could not be fetched: ");
    expect(existsSync(path)).toBe(false);
  });
});

describe("npm packages", () => {
  test("are current here, and not where one is missing or another version", async () => {
    expect(await isInstalled(ROOT)).toBe(true);
    const write = async (lockVersion: string, installed: object | undefined) => {
      await mkdir(join(folder, "node_modules"), { recursive: true });
      const packages = {
        "": { version: "1.0.0" },
        "node_modules/a": { version: lockVersion },
        "node_modules/elsewhere": { version: "1.0.0", optional: true },
      };
      await writeFile(join(folder, "package-lock.json"), JSON.stringify({ packages }));
      const record = join(folder, "node_modules", ".package-lock.json");
      if (installed) await writeFile(record, JSON.stringify({ packages: installed }));
      else await rm(record, { force: true });
    };
    await write("1.0.0", { "node_modules/a": { version: "1.0.0" } });
    expect(await isInstalled(folder)).toBe(true);
    await write("1.0.1", { "node_modules/a": { version: "1.0.0" } });
    expect(await isInstalled(folder)).toBe(false);
    await write("1.0.0", {});
    expect(await isInstalled(folder)).toBe(false);
    await write("1.0.0", undefined);
    expect(await isInstalled(folder)).toBe(false);
  });

  test("every platform's package is in the lock file: npm ci refuses one that lacks any", async () => {
    const { packages } = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8"));
    const absent: string[] = [];
    for (const [path, entry] of Object.entries<{ optionalDependencies?: object }>(packages)) {
      for (const name of Object.keys(entry.optionalDependencies ?? {})) {
        const places = path.split("/node_modules/").map((_, i, all) => all.slice(0, i + 1).join("/node_modules/"));
        const found = ["", ...places].some((p) => packages[`${p === "" ? "" : `${p}/`}node_modules/${name}`]);
        if (!found) absent.push(`${path} -> ${name}`);
      }
    }
    expect(absent).toEqual([]);
  });
});
