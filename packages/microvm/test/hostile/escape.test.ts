// What a program can reach of the machine it runs on: the agent, the kernel, the devices, other users.
import type { MicroVM, MicroVMs } from "../../src/index.js";
import { template, temporaryHome, text } from "../support/home.js";

let scratch: Awaited<ReturnType<typeof temporaryHome>>;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  scratch = await temporaryHome();
  vms = await scratch.open();
  vm = await vms.create({ id: "inside", template, diskMiB: 96 });
});

afterAll(async () => {
  await vms?.stopAll();
  await scratch?.[Symbol.asyncDispose]();
});

/** Each must fail: `did` is printed only where it did not. */
const attempts: [string, string][] = [
  ["read the disk beneath its files", "head -c 1 /dev/vda || head -c 1 /dev/vdb"],
  ["make a device of its own", "mknod /tmp/vda b 254 0 && head -c 1 /tmp/vda"],
  ["mount a file system", "mount -t tmpfs none /tmp"],
  ["have user namespaces", "unshare -Ur true"],
  ["read the memory of the machine", "head -c 1 /dev/mem || head -c 1 /proc/kcore"],
  ["write to the kernel's settings", "echo 1 > /proc/sys/kernel/randomize_va_space"],
  ["press the magic keys", "echo b > /proc/sysrq-trigger"],
  ["kill the agent", "kill -9 1 || kill -9 2"],
  ["read the environment of the agent", "cat /proc/1/environ"],
  ["read the memory of the agent", "head -c 1 /proc/1/mem"],
  ["see the root of the agent", "ls /proc/1/root/"],
  ["talk to the host as the agent does", "ls /dev/vport* && head -c 0 /dev/vport0p1"],
  ["leave its control group", "echo $$ > /sys/fs/cgroup/cgroup.procs"],
  ["become root", "python3 -c 'import os; os.setuid(0)'"],
  ["set the clock", "date -s 2001-01-01"],
  ["set the name", "hostname elsewhere"],
  [
    "load a module",
    "python3 -c \"import ctypes; exit(ctypes.CDLL(None, use_errno=True).syscall(313, 0, b'', 0) != 0)\"",
  ],
  ["see a network card", "ls /sys/class/net 2>/dev/null | grep -qv '^lo$' "],
  ["reach an address outside", "timeout 3 sh -c 'exec 3<>/dev/tcp/1.1.1.1/53'"],
];

test.each(attempts)("a program cannot %s", async (_, command) => {
  const { stdout } = await vm.exec({ argv: ["bash", "-c", `(${command}) >/dev/null 2>&1 && echo did`] });
  expect(text(stdout)).toBe("");
});

test("a program has no capability, may gain none, and a set-user-id file gives it none", async () => {
  const { stdout } = await vm.exec({ command: "grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)' /proc/self/status" });
  const none = "0000000000000000";
  const fields = Object.fromEntries(
    text(stdout)
      .trim()
      .split("\n")
      .map((line) => line.split(/:\s+/)),
  );
  expect(fields).toEqual({ CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none, NoNewPrivs: "1" });
});

test("nothing of one VM is seen by another", async () => {
  const other = await vms.create({ id: "other", template, diskMiB: 96 });
  await other.exec({ command: "echo mine > /workspace/only-here; echo mine > /tmp/only-here" });
  const { stdout } = await vm.exec({ command: "find / -name only-here 2>/dev/null" });
  expect(text(stdout)).toBe("");
  await other.destroy();
});
