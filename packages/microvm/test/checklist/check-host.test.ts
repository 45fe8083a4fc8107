import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkHost, checklist, runChecklist } from "../../src/checklist/check-host.js";
import { Host } from "../../src/checklist/host.js";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "vw-host-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const home = "/home/vw";
const threads = "/sys/devices/system/cpu/smt/active";
const flaws = "/sys/devices/system/cpu/vulnerabilities";

/** A host on which every point holds that files can tell. */
const good: Record<string, string> = {
  "/proc/cpuinfo": "flags\t\t: fpu vmx\nmicrocode\t: 0xd0003f5\n",
  "/proc/mounts": "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n",
  "/proc/self/limits":
    "Max core file size        0                    unlimited            bytes\nMax open files            65536                65536                files\n",
  "/proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n",
  "/proc/sys/kernel/osrelease": "6.12.0-amd64\n",
  "/proc/sys/kernel/random/boot_id": "boot-1\n",
  "/proc/sys/kernel/seccomp/actions_avail": "kill_process kill_thread trap errno\n",
  "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids\n",
  "/sys/kernel/mm/ksm/run": "0\n",
  [threads]: "0\n",
  [`${flaws}/meltdown`]: "Not affected\n",
  [`${flaws}/mds`]: "Mitigation: Clear CPU buffers; SMT disabled\n",
  [`${flaws}/old_microcode`]: "Not affected\n",
  [`${home}/cache/kvm-firecracker.json`]: JSON.stringify({ key: '["boot-1","x","y"]', kvm: true }),
};

async function hostWith(files: Record<string, string | undefined>): Promise<Host> {
  for (const [path, text] of Object.entries({ ...good, ...files })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await mkdir(join(root, home), { recursive: true });
  await chmod(join(root, home), 0o700);
  return new Host({ root, home, uid: 0, binaries: { firecracker: "/no/firecracker", jailer: "/no/jailer" } });
}

async function checksOf(files: Record<string, string | undefined>) {
  const checks = await runChecklist(await hostWith(files));
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

test("every point holds on a good host, but for the device and the programs that this test has not got", async () => {
  const checks = await runChecklist(await hostWith({}));
  const wrong = checks.filter(({ status }) => status !== "ok").map(({ name }) => name);
  expect(wrong.filter((name) => name !== "disk space")).toEqual(["KVM", "Firecracker", "seccomp", "programs"]);
});

test.each<[what: string, name: string, status: string, files: Record<string, string | undefined>, detail: RegExp]>([
  ["threads share a core", "SMT", "fail", { [threads]: "1" }, /share a core/],
  ["pages are merged", "KSM", "fail", { "/sys/kernel/mm/ksm/run": "1" }, /merges equal pages/],
  ["there is a swap file", "swap", "fail", { "/proc/swaps": "Filename\n/swap.img file 1 0 -2\n" }, /\/swap\.img/],
  ["swap is in memory", "swap", "warn", { "/proc/swaps": "Filename\n/dev/zram0 partition 1 0 -2\n" }, /zram0/],
  ["a flaw is open", "processor vulnerabilities", "fail", { [`${flaws}/mds`]: "Vulnerable: no microcode" }, /mds/],
  [
    "a flaw is open across threads",
    "processor vulnerabilities",
    "fail",
    { [`${flaws}/mds`]: "Mitigation: Clear CPU buffers; SMT vulnerable" },
    /across threads: mds/,
  ],
  ["microcode is old", "microcode", "fail", { [`${flaws}/old_microcode`]: "Vulnerable" }, /0xd0003f5 is older/],
  ["the kernel does not know", "microcode", "warn", { [`${flaws}/old_microcode`]: undefined }, /only its maker/],
  ["the host is a VM", "bare metal", "warn", { "/proc/cpuinfo": "flags\t: fpu hypervisor\n" }, /itself/],
  [
    "dumps are written",
    "core dumps",
    "fail",
    { "/proc/self/limits": "Max core file size unlimited unlimited\n" },
    /memory in a file/,
  ],
  [
    "few files can be open",
    "open files",
    "warn",
    { "/proc/self/limits": "Max open files 1024 4096 files\n" },
    /at most 1024/,
  ],
  [
    "very few files can be open",
    "open files",
    "fail",
    { "/proc/self/limits": "Max open files 256 4096 files\n" },
    /at most 256/,
  ],
  ["the kernel is old", "kernel", "fail", { "/proc/sys/kernel/osrelease": "5.4.0-generic" }, /Linux 5\.4/],
  [
    "the kernel has no filters",
    "seccomp",
    "fail",
    { "/proc/sys/kernel/seccomp/actions_avail": undefined },
    /no seccomp/,
  ],
  ["no VM was tried", "a VM boots", "warn", { [`${home}/cache/kvm-firecracker.json`]: undefined }, /not tried/],
  [
    "it was tried before the last boot",
    "a VM boots",
    "warn",
    { "/proc/sys/kernel/random/boot_id": "boot-2" },
    /not tried/,
  ],
  ["the answer is damaged", "a VM boots", "warn", { [`${home}/cache/kvm-firecracker.json`]: "{" }, /not tried/],
  [
    "no VM came up",
    "a VM boots",
    "fail",
    { [`${home}/cache/kvm-firecracker.json`]: JSON.stringify({ key: '["boot-1"]', kvm: false }) },
    /did not come up/,
  ],
  [
    "memory is not bounded",
    "control groups",
    "fail",
    { "/sys/fs/cgroup/cgroup.controllers": "cpu pids" },
    /none for memory/,
  ],
  [
    "control groups are of version 1",
    "control groups",
    "warn",
    {
      "/sys/fs/cgroup/cgroup.controllers": "",
      "/proc/mounts":
        "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\nc /c/cpu cgroup rw,cpu 0 0\nc /c/mem cgroup rw,memory 0 0\nc /c/pids cgroup rw,pids 0 0\n",
    },
    /version 1/,
  ],
  [
    "a Firecracker runs as root",
    "one tenant in a process",
    "fail",
    { "/proc/77/comm": "firecracker\n", "/proc/77/status": "Name:\tfirecracker\nUid:\t0\t0\t0\t0\n" },
    /runs as root/,
  ],
  [
    "two Firecrackers share a user",
    "one tenant in a process",
    "fail",
    {
      "/proc/77/comm": "firecracker\n",
      "/proc/77/status": "Uid:\t1900\t1900\n",
      "/proc/78/comm": "firecracker\n",
      "/proc/78/status": "Uid:\t1900\t1900\n",
    },
    /share a user/,
  ],
])("when %s, %j says %s", async (_, name, status, files, detail) => {
  const check = (await checksOf(files))[name];
  expect(check).toMatchObject({ status, detail: expect.stringMatching(detail) });
  expect(check?.fix).toBeTruthy();
});

test("a home that others can look into is told", async () => {
  const host = await hostWith({});
  await chmod(join(root, home), 0o755);
  const checks = await runChecklist(host);
  expect(checks.find(({ name }) => name === "home")).toMatchObject({ status: "fail", fix: `chmod 700 ${home}` });
});

test("this host can be looked at, whatever it is", async () => {
  const checks = await checkHost({ home: tmpdir() });
  expect(checks.map(({ name }) => name)).toEqual(checklist.map(({ name }) => name));
  for (const { status, fix } of checks) expect(status === "ok" || fix !== undefined).toBe(true);
});

test("the page for operators explains every point, under its name", async () => {
  const page = fileURLToPath(new URL("../../../../docs/operations/production-host.md", import.meta.url));
  const headings = [...(await readFile(page, "utf8")).matchAll(/^### (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(checklist.map(({ name }) => name));
});
