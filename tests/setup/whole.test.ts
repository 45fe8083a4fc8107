import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Cache } from "../../scripts/setup/cache.mjs";
import { layerStep } from "../../scripts/setup/layer.mjs";
import { checkRequirements } from "../../scripts/setup/requirements.mjs";
import { setUp } from "../../scripts/setup/set-up.mjs";
import { ROOT } from "../support/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-setup-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("with everything there it says nothing and takes under a second", async () => {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, "scripts", "setup.mjs")]);
    times.push(performance.now() - started);
    expect(stdout + stderr).toBe("");
  }
  expect(Math.min(...times)).toBeLessThan(1_000);
}, 60_000);

test("the doctor finds everything there, or says what to do", async () => {
  const { VIBEWRITER_HOME, HOME } = process.env;
  const found = await checkRequirements({ home: VIBEWRITER_HOME ?? join(HOME ?? "", ".vibewriter") });
  for (const { name, status, detail, fix } of found) {
    expect(["ok", "degraded"], `${name}: ${detail}`).toContain(status);
    if (status === "degraded") expect(fix).toBeTruthy();
  }
  const empty = await checkRequirements({ home: folder, env: { PATH: "/nowhere", HOME: folder } });
  const missing = empty.filter((r) => r.status === "missing");
  expect(missing.map((r) => r.name)).toEqual(expect.arrayContaining(["QEMU", "VM image", "VM layer"]));
  for (const { fix } of missing) expect(fix).toBeTruthy();
}, 60_000);

test("the doctor says what the trial of KVM came to", async () => {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  await mkdir(join(folder, "cache"), { recursive: true });
  await writeFile(join(folder, "cache", "kvm.json"), JSON.stringify({ key: JSON.stringify([boot]), kvm: false }));
  const found = await checkRequirements({ home: folder });
  expect(found.find((r) => r.name === "hardware virtualisation")).toMatchObject({ status: "degraded" });
}, 60_000);

test("on another distribution it lists what to install, and touches nothing", async () => {
  const osRelease = join(folder, "os-release");
  await writeFile(osRelease, 'ID=other\nPRETTY_NAME="Other Linux 1"\n');
  const home = join(folder, "home");
  const env = { PATH: "/nowhere", HOME: folder, VIBEWRITER_HOME: home, NATS_URL: "nats://127.0.0.1:1" };
  let said = "";
  const out = {
    isTTY: false,
    write(text: string) {
      said += text;
      return true;
    },
  };
  const { signal } = new AbortController();
  const refused = setUp({ root: ROOT, env, signal, osRelease, out });
  await expect(refused).rejects.toMatchObject({ exitCode: 3 });
  await expect(refused).rejects.toThrow(
    /Other Linux 1\. Install these, then run it again: .*qemu-system-x86.*mmdebstrap/,
  );
  expect(said).toBe("");
});

test("the layer is built from real sources, its parts run, and a damaged one is built again, the same to the byte", async () => {
  const context = { root: ROOT, cache: new Cache(folder), env: process.env };
  const steps = { log: () => undefined, signal: new AbortController().signal };
  expect(await layerStep.current(context)).toBe(undefined);
  const built = await layerStep.make(context, steps);
  if (!built) throw new Error("it is not there after it was built");
  expect(await layerStep.current(context)).toEqual(built);
  const { stdout } = spawnSync("dump.erofs", ["--path=/opt/vibewriter/reader.mjs", built.path], { encoding: "utf8" });
  expect(stdout).toContain("reader.mjs");

  await truncate(built.path, 4096);
  expect(await layerStep.current(context)).toBe(undefined);
  expect(await layerStep.make(context, steps)).toEqual(built);
}, 60_000);

test("CI's last line counts tests, and a failure outside of them", async () => {
  const count = (report: string, status: string) =>
    spawnSync(process.execPath, [join(ROOT, "scripts", "count-tests.mjs"), report, status], { encoding: "utf8" })
      .stdout;
  const report = join(folder, "report.json");
  await writeFile(report, JSON.stringify({ numPassedTests: 12, numFailedTests: 0 }));
  expect(count(report, "0")).toBe("12 passed, 0 failed\n");
  expect(count(report, "1")).toBe("12 passed, 1 failed\n");
  await writeFile(report, JSON.stringify({ numPassedTests: 12, numFailedTests: 2 }));
  expect(count(report, "1")).toBe("12 passed, 2 failed\n");
  expect(count(join(folder, "absent"), "3")).toBe("0 passed, 1 failed\n");
  expect(await readFile(join(ROOT, ".ci", "run"), "utf8")).toContain("npm test");
});
