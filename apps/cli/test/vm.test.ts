import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { type Finished, finished, start } from "../../../tests/support/cli.js";
import { type TestHome, testHome } from "../../../tests/support/home.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { until } from "../../../tests/support/until.js";
import { Pty } from "./support/pty.js";

const Vm = z.object({
  id: z.string(),
  state: z.enum(["running", "stopped", "suspended"]),
  isolation: z.enum(["hardware", "emulated"]),
  driver: z.enum(["firecracker", "qemu"]),
  memoryMiB: z.number(),
  diskMiB: z.number().optional(),
  labels: z.record(z.string(), z.string()),
  user: z.string().optional(),
  limits: z.record(z.string(), z.number()).optional(),
});
const One = z.object({ vm: Vm });
const Stats = z.object({
  ...{ id: z.string(), state: z.string(), limits: z.record(z.string(), z.number()) },
  machine: z.object({ memoryBytes: z.number() }).optional(),
  guest: z.object({ maxProcesses: z.number() }).optional(),
});
const AllStats = z.object({ stats: z.array(Stats) });
const All = z.object({ vms: z.array(Vm) });

/** One home, one server and one VM for all that a person does with VMs. */
describe("vibewriter vm", () => {
  let home: TestHome;
  const cli = (...args: string[]): Promise<Finished> => run(home.path, args);
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await cli("--json", ...args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\{.*\}\n$/);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    home = await testHome();
    const limits = ["--idle", "1h", "--cpus", "1.5", "--processes", "200", "--output", "1M", "--disk-rate", "200M"];
    const asked = ["--id", "lab", "--disk", "512M", "--label", "team=red", "--user", "ada", "--allow", "pypi.org"];
    const { vm } = One.parse(await json("vm", "create", ...asked, ...limits));
    expect(vm).toMatchObject({ id: "lab", state: "running", diskMiB: 512, labels: { team: "red" }, user: "ada" });
    expect(vm.limits).toEqual({
      ...{ idleSeconds: 3_600, cpus: 1.5, processes: 200, outputBytes: 1_048_576, diskBytesPerSecond: 209_715_200 },
    });
  }, 180_000);

  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  }, 60_000);

  it("list shows each with its state and isolation", async () => {
    const { stdout } = await cli("vm", "list");
    expect(stdout).toMatch(/^VM +STATE +ISOLATION +DRIVER/);
    expect(stdout).toMatch(/^lab +running +(hardware|emulated) +(firecracker|qemu) .*512 MiB .*team=red/m);
    expect(All.parse(await json("vm", "list")).vms.map(({ id }) => id)).toEqual(["lab"]);
  });

  it("exec passes output on as it comes, and exits as the command does", async () => {
    const script = "echo $COLOR; pwd; echo bad >&2; exit 7";
    const { code, stdout, stderr } = await cli(
      ...["vm", "exec", "lab", "--env", "COLOR=blue", "--cwd", "/tmp", "--", "sh", "-c", script],
    );
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "blue\n/tmp\n", stderr: "bad\n" });
    const said = await json("vm", "exec", "lab", "--", "echo", "hello");
    expect(said).toMatchObject({ exitCode: 0, stdout: "hello\n", stderr: "", timedOut: false, truncated: false });
  });

  it.each<[what: string, args: string[], code: number, says: RegExp]>([
    ["a command that is not there", ["exec", "lab", "--", "nosuch"], 127, /no program nosuch/],
    [
      "a command that takes too long",
      ["exec", "lab", "--timeout", "1s", "--", "sleep", "60"],
      124,
      /more with --timeout/,
    ],
    ["a VM that is not there", ["exec", "nobody", "--", "true"], 2, /There is no VM nobody/],
    ["an id that is taken", ["create", "--id", "lab"], 2, /A VM lab exists already/],
    ["an id of an agent", ["create", "--id", "agent-x"], 2, /"agent-" are for agents/],
    ["an id that is none", ["create", "--id", "a b"], 2, /a name of letters/],
    ["a label of the server", ["create", "--label", "role=work"], 2, /choose another/],
    ["the stop of one that is not there", ["stop", "nobody"], 2, /There is no VM nobody/],
    ["the start of one that is not there", ["start", "nobody"], 2, /There is no VM nobody/],
    ["the end of one that is not there", ["destroy", "nobody"], 2, /There is no VM nobody/],
    ["the suspension of one that is not there", ["suspend", "nobody"], 2, /There is no VM nobody/],
    ["a snapshot of one that is not there", ["snapshot", "nobody", "s"], 2, /There is no VM nobody/],
    ["a snapshot with a name that is none", ["snapshot", "lab", "a/b"], 2, /a name of letters/],
    ["the end of a snapshot that is not there", ["rm-snapshot", "none"], 2, /There is no snapshot none/],
    ["a fork of one that is not there", ["fork", "nobody"], 2, /There is no VM nobody/],
    ["a fork of no snapshot", ["fork", "--snapshot", "none"], 2, /There is no snapshot none/],
    ["a fork of nothing", ["fork"], 2, /Name what to fork/],
    ["a fork of two things", ["fork", "lab", "--snapshot", "s"], 2, /Name what to fork/],
    ["a fork with the id of another", ["fork", "lab", "--id", "lab"], 2, /A VM lab exists already/],
    ["an image that is not there", ["create", "--image", "none"], 2, /image/],
    ["a disk that is too small", ["create", "--disk", "1M"], 2, /disk/i],
    ["more processors than there are", ["create", "--vcpus", "16", "--cpus", "1024"], 2, /ask for less/],
    ["an address that it may reach", ["create", "--allow", "169.254.169.254"], 2, /cannot be allowed/],
    ["idleness without a disk", ["create", "--disk", "0", "--idle", "1h"], 2, /give it a disk/],
    ["the stats of one that is not there", ["stats", "nobody"], 2, /There is no VM nobody/],
    ["watching without a terminal", ["stats", "--watch"], 2, /--watch redraws a terminal/],
    ["the export of one that is not there", ["export", "nobody", "/tmp/no.vm"], 2, /There is no VM nobody/],
    ["an export to nowhere", ["export", "lab", "/no/such/folder/lab.vm"], 2, /There is no folder/],
    ["the import of what is not there", ["import", "/no/such/file"], 2, /There is no file/],
    ["a copy within this machine", ["cp", "/etc/hostname", "/tmp/x"], 2, /One of the two paths must be in a VM/],
    ["a copy from VM to VM", ["cp", "lab:a", "lab:b"], 2, /One of the two paths must be in a VM/],
    ["a copy of what is not here", ["cp", "/no/such/file", "lab:a"], 2, /There is no \/no\/such\/file/],
    ["a copy of what is not there", ["cp", "lab:no/such/file", "/tmp/x"], 2, /no\/such\/file/],
    ["a copy of a device", ["cp", "/dev/null", "lab:a"], 2, /neither a file nor a folder/],
    ["a copy of a device of the VM", ["cp", "lab:/dev/null", "/tmp/x"], 2, /\/dev\/null/],
    ["a copy to where nobody may write", ["cp", "/etc/hostname", "lab:/etc/x"], 2, /may not be used this way/],
    ["a copy to a VM that is not there", ["cp", "/etc/hostname", "nobody:a"], 2, /There is no VM nobody/],
  ])("%s is said in one sentence", async (_, args, code, says) => {
    const refused = await cli("vm", ...args);
    expect(refused).toMatchObject({ code, stdout: "" });
    expect(refused.stderr).toMatch(says);
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
  });

  it("exec takes input as long as it comes, and tells the end of it", async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const command = start(home.path, ["vm", "exec", "lab", "--", "sha256sum"], {}, "pipe");
    command.stdin?.end(content);
    const { code, stdout } = await finished(command, 60_000);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${sha256(content)}  -\n` });
  }, 60_000);

  it("exec gives signals to the program, which decides what they mean", async () => {
    const script = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done";
    const command = start(home.path, ["vm", "exec", "lab", "--", "sh", "-c", script]);
    const ended = finished(command, 60_000);
    command.stdout?.once("data", () => command.kill("SIGINT"));
    expect(await ended).toMatchObject({ code: 5, stdout: "ready\ncaught\n" });
  }, 60_000);

  it("exec, interrupted twice, ends the program that would not", async () => {
    const script = "trap '' INT; echo ready; exec sleep 9876";
    const command = start(home.path, ["vm", "exec", "lab", "--", "sh", "-c", script]);
    const ended = finished(command, 60_000);
    command.stdout?.once("data", () => {
      command.kill("SIGINT");
      setTimeout(() => command.kill("SIGINT"), 200);
    });
    expect(await ended).toMatchObject({ code: 130 });
    const look = "for i in $(seq 50); do pgrep -f 'sleep 987[6]' > /dev/null || exit 0; sleep 0.2; done; exit 1";
    expect(await cli("vm", "exec", "lab", "--", "sh", "-c", look)).toMatchObject({ code: 0 });
  }, 60_000);

  it("cp takes a folder in and out again, whole, and passes over what is neither file nor folder", async () => {
    const tree = await madeTree(join(home.path, "tree"));
    await symlink("/etc/passwd", join(home.path, "tree", "link"));
    expect(await json("vm", "cp", join(home.path, "tree"), "lab:")).toMatchObject({
      ...{ vm: "lab", path: "/workspace/tree", files: tree.size, skipped: 1 },
    });
    await cli("vm", "exec", "lab", "--", "ln", "-s", "/etc/passwd", "/workspace/tree/own-link");
    const out = join(home.path, "out");
    const copied = await cli("vm", "cp", "lab:/workspace/tree", out);
    expect(copied.stdout).toMatch(new RegExp(`^Copied ${tree.size} files, .* to ${out}\\.\\n$`));
    expect(copied.stderr).toMatch(/Passed over.*own-link/);
    expect(await treeOf(out)).toEqual(tree);
    await json("vm", "cp", "lab:tree/run.sh", out);
    expect((await stat(join(out, "run.sh"))).mode & 0o777).toBe(0o755);
  }, 120_000);

  it("cp that is stopped leaves no half of a file", async () => {
    await cli("vm", "exec", "lab", "--", "sh", "-c", "head -c 300000000 /dev/zero > /workspace/big");
    const copy = start(home.path, ["vm", "cp", "lab:big", join(home.path, "big")]);
    const ended = finished(copy, 60_000);
    await until(async () => (await readdir(home.path)).some((name) => name.endsWith(".part")), 30_000);
    copy.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: "" });
    expect((await readdir(home.path)).filter((name) => name.startsWith("big"))).toEqual([]);
    await cli("vm", "exec", "lab", "--", "rm", "/workspace/big");
  }, 120_000);

  it("suspend keeps the processes, and so do snapshots and forks, each on its own", async () => {
    const count = "while :; do echo $((n = n + 1)) > /workspace/n; sleep 0.1; done";
    const counts = `setsid sh -c '${count}' > /dev/null 2>&1 & until [ -s /workspace/n ]; do sleep 0.1; done`;
    await cli("vm", "exec", "lab", "--", "sh", "-c", counts);
    const counted = async (id: string) => Number((await cli("vm", "exec", id, "--", "cat", "/workspace/n")).stdout);
    const before = await counted("lab");
    expect(before).toBeGreaterThan(0);
    expect(One.parse(await json("vm", "suspend", "lab")).vm).toMatchObject({ state: "suspended" });
    expect((await cli("vm", "list")).stdout).toMatch(/^lab +suspended/m);
    expect((await cli("vm", "resume", "lab")).stdout).toMatch(/^Resumed lab: running, isolation \w+, driver \w+\.\n$/);
    expect(await counted("lab")).toBeGreaterThanOrEqual(before);
    expect(await json("vm", "snapshot", "lab", "kept")).toMatchObject({ snapshot: { vm: "lab", hasMemory: true } });
    expect((await cli("vm", "snapshots")).stdout).toMatch(/^kept +lab +yes/m);
    const { vm } = One.parse(await json("vm", "fork", "--snapshot", "kept", "--id", "second", "--label", "team=blue"));
    expect(vm).toMatchObject({ id: "second", state: "running", labels: { team: "blue" }, user: "ada" });
    const first = await counted("second");
    await until(async () => (await counted("second")) > first, 20_000);
    expect((await cli("vm", "exec", "second", "--", "hostname")).stdout).toBe("second\n");
    expect(await json("vm", "rm-snapshot", "kept")).toEqual({ removed: "kept" });
    expect(await json("vm", "snapshots")).toEqual({ snapshots: [] });
    await json("vm", "destroy", "second");
  }, 180_000);

  it("stats say what each uses and may use", async () => {
    const { stats } = AllStats.parse(await json("vm", "stats"));
    expect(stats).toMatchObject([
      { id: "lab", state: "running", limits: { idleSeconds: 3_600, diskMiB: 512, vcpus: 1 } },
    ]);
    expect(stats[0]?.machine?.memoryBytes).toBeGreaterThan(0);
    expect(stats[0]?.guest?.maxProcesses).toBeLessThanOrEqual(200);
    expect((await cli("vm", "stats", "lab")).stdout).toMatch(/^VM +STATE +ISOLATION +DRIVER +CPU.*\nlab +running/);
    using watching = new Pty(home.path, ["vm", "stats", "--watch"]);
    await watching.shows(/lab +running/);
    await watching.shows(/\d\.\d \/ 1\.5/);
    watching.type("\u0003");
    expect(await watching.ended()).toEqual({ code: 0, restored: true });
  }, 60_000);

  it("export and import take a disk to another VM", async () => {
    await cli("vm", "exec", "lab", "--", "sh", "-c", "echo carried > /workspace/carried");
    const file = join(home.path, "lab.vm");
    const exported = z.object({ file: z.string(), bytes: z.number() }).parse(await json("vm", "export", "lab", file));
    expect(exported).toEqual({ file, bytes: (await stat(file)).size });
    const again = await cli("vm", "export", "lab", file);
    expect(again).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/already/) });
    const { vm } = One.parse(await json("vm", "import", file, "--id", "carrier"));
    expect(vm).toMatchObject({ id: "carrier", state: "stopped", diskMiB: 512 });
    expect((await cli("vm", "exec", "carrier", "--", "cat", "/workspace/carried")).stdout).toBe("carried\n");
    await json("vm", "destroy", "carrier");
    await writeFile(file, "no VM at all");
    expect(await cli("vm", "import", file)).toMatchObject({ code: 2, stdout: "" });
  }, 120_000);

  it("df and gc say what takes space", async () => {
    const use = z.record(z.string(), z.number()).parse(await json("df"));
    expect(use.total).toBeGreaterThan(use.disks ?? 0);
    expect(use.disks).toBeGreaterThan(0);
    expect((await cli("df")).stdout).toMatch(/disks of VMs\n/);
    for (const command of [["gc"], ["vm", "gc"]]) {
      const dry = z.object({ dryRun: z.literal(true), bytes: z.number() });
      dry.parse(await json(...command, "--dry-run"));
    }
  });

  it("check-host looks at each point of the list, and exits with 3 where one fails", async () => {
    const { code, stdout } = await cli("--json", "vm", "check-host");
    const Checked = z.object({ ok: z.boolean(), checks: z.array(z.object({ name: z.string(), status: z.string() })) });
    const { ok, checks } = Checked.parse(JSON.parse(stdout));
    expect(code).toBe(ok ? 0 : 3);
    expect(checks.map(({ name }) => name)).toContain("KVM");
  });

  it("stop keeps the disk, start and exec bring it back", async () => {
    await cli("vm", "exec", "lab", "--", "sh", "-c", "echo kept > /workspace/kept");
    expect(One.parse(await json("vm", "stop", "lab")).vm.state).toBe("stopped");
    expect(One.parse(await json("vm", "stop", "lab")).vm.state).toBe("stopped");
    expect(One.parse(await json("vm", "start", "lab")).vm.state).toBe("running");
    await cli("vm", "stop", "lab");
    expect((await cli("vm", "exec", "lab", "--", "cat", "/workspace/kept")).stdout).toBe("kept\n");
  }, 120_000);

  it("are not served to who asks for production mode by a server that runs without it", async () => {
    const refused = await run(home.path, ["vm", "list"], { env: { VIBEWRITER_PRODUCTION: "1" } });
    expect(refused).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(/without production mode/) });
  });

  it("destroy leaves nothing", async () => {
    await json("vm", "create", "--id", "gone", "--disk", "0");
    expect(await json("vm", "destroy", "gone")).toEqual({ destroyed: "gone" });
    expect(All.parse(await json("vm", "list")).vms.map(({ id }) => id)).toEqual(["lab"]);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A folder with a folder in it, files of no, some and many bytes, and names that are not plain; its content as `treeOf` says. */
async function madeTree(path: string): Promise<Map<string, string>> {
  await mkdir(join(path, "sub", "void"), { recursive: true });
  await writeFile(join(path, "empty"), "");
  await writeFile(join(path, "run.sh"), "#!/bin/sh\n");
  await chmod(join(path, "run.sh"), 0o755);
  await writeFile(join(path, "sub", "a name: with ünusual $(parts)"), "x");
  await writeFile(join(path, "sub", "large"), randomBytes(9 * 1024 * 1024));
  for (let i = 0; i < 20; i += 1) await writeFile(join(path, "sub", `${i}.txt`), `${i}`);
  return treeOf(path);
}

/** Each file below a folder with the hash of its content. */
async function treeOf(path: string): Promise<Map<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = files.sort().map(async (file) => [relative(path, file), sha256(await readFile(file))] as const);
  return new Map(await Promise.all(hashes));
}
