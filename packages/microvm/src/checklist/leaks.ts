import { type Check, fail, ok, warn } from "./check.js";

const vulnerabilities = "/sys/devices/system/cpu/vulnerabilities";

/** What lets one guest learn about another, or about the host, without getting out. */
export const leaks: Check[] = [
  {
    name: "SMT",
    look(host) {
      if (host.read("/sys/devices/system/cpu/smt/active") !== "1") return ok("no two threads share a core");
      return fail("two guests may share a core", "echo off > /sys/devices/system/cpu/smt/control, or boot with nosmt");
    },
  },
  {
    name: "KSM",
    look(host) {
      if ((host.read("/sys/kernel/mm/ksm/run") ?? "0") === "0") return ok("equal pages are not merged");
      return fail("the kernel merges equal pages of guests", "echo 2 > /sys/kernel/mm/ksm/run");
    },
  },
  {
    name: "swap",
    look(host) {
      const [, ...areas] = (host.read("/proc/swaps") ?? "").split("\n");
      const names = areas.map((line) => line.split(/\s+/)[0] ?? "").filter((name) => name !== "");
      if (names.length === 0) return ok("there is none");
      const inMemory = names.every((name) => /^\/dev\/zram\d+$/.test(name));
      if (inMemory) return warn(`guests' memory is compressed into ${names.join(", ")}`, "swapoff -a");
      return fail(`guests' memory may be written to ${names.join(", ")}`, "swapoff -a, and out of /etc/fstab");
    },
  },
  {
    name: "processor vulnerabilities",
    look(host) {
      const names = host.list(vulnerabilities);
      if (names.length === 0) return warn("the kernel does not tell", "use Linux 5.10 or later");
      const states = names.map((name) => ({ name, state: host.read(`${vulnerabilities}/${name}`) ?? "" }));
      const open = states.filter(({ state }) => /^vulnerable/i.test(state)).map(({ name }) => name);
      const threads = states.filter(({ state }) => /SMT vulnerable/i.test(state)).map(({ name }) => name);
      if (open.length > 0) return fail(`not mitigated: ${open.join(", ")}`, "update the kernel and the microcode");
      if (threads.length > 0) return fail(`not mitigated across threads: ${threads.join(", ")}`, "turn SMT off");
      return ok(`${names.length} known ones, each mitigated or not of this processor`);
    },
  },
  {
    name: "microcode",
    look(host) {
      const cpuinfo = host.read("/proc/cpuinfo") ?? "";
      const revision = /^microcode\s*:\s*(\S+)$/m.exec(cpuinfo)?.[1];
      const old = host.read(`${vulnerabilities}/old_microcode`);
      if (old !== undefined && /^vulnerable/i.test(old)) {
        return fail(
          `revision ${revision ?? "unknown"} is older than one the kernel knows of`,
          "install current microcode",
        );
      }
      if (revision === undefined) return warn("the processor does not tell its revision", "ask its maker");
      if (/\bhypervisor\b/.test(cpuinfo)) {
        return warn(`revision ${revision}, as a hypervisor tells it`, "ask whoever runs this machine's host");
      }
      const detail = `revision ${revision}${old === undefined ? "; whether it is current only its maker can tell" : ""}`;
      return old === undefined ? warn(detail, "install intel-microcode or amd64-microcode") : ok(detail);
    },
  },
  {
    name: "core dumps",
    look(host) {
      const soft = /^Max core file size\s+(\S+)/m.exec(host.read("/proc/self/limits") ?? "")?.[1];
      if (soft === "0") return ok("a Firecracker that crashes leaves no file with its guest's memory");
      return fail(
        "a Firecracker that crashes leaves its guest's memory in a file",
        "ulimit -c 0 before the server starts",
      );
    },
  },
];
