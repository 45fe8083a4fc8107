import { maxLogBytes } from "../drivers/firecracker/machine.js";
import { serialOff } from "../drivers/firecracker/shape.js";
import { type Check, fail, ok, warn } from "./check.js";

const gibibyte = 2 ** 30;
const [enoughBytes, fewBytes] = [20 * gibibyte, 2 * gibibyte];
/** The server holds a few descriptors for each VM. */
const [enoughFiles, fewFiles] = [16_384, 1_024];
const oldestKernel = [5, 10] as const;

/** What a guest could use up, or flood. */
export const resources: Check[] = [
  {
    name: "kernel",
    look(host) {
      const release = host.read("/proc/sys/kernel/osrelease") ?? "unknown";
      const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10));
      const isOld = major < oldestKernel[0] || (major === oldestKernel[0] && minor < oldestKernel[1]);
      return isOld ? fail(`Linux ${release}`, "use Linux 5.10 or later") : ok(`Linux ${release}`);
    },
  },
  {
    name: "serial port",
    look: () => ok(`every VM boots with ${serialOff}, and what is written to the port goes nowhere`),
  },
  {
    name: "bounded logs",
    look: () =>
      ok(`the log of a VM is cut at ${maxLogBytes / 2 ** 20} MiB; Firecracker limits the rate of what guests cause`),
  },
  {
    name: "open files",
    look(host) {
      const soft = /^Max open files\s+(\S+)/m.exec(host.read("/proc/self/limits") ?? "")?.[1] ?? "0";
      const files = soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
      const fix = "ulimit -n 65536 before the server starts (systemd: LimitNOFILE=65536)";
      if (files < fewFiles) return fail(`at most ${soft}`, fix);
      return files < enoughFiles ? warn(`at most ${soft}: enough for some hundred VMs`, fix) : ok(`at most ${soft}`);
    },
  },
  {
    name: "disk space",
    async look(host) {
      const free = await host.freeBytes();
      const detail = `${(free / gibibyte).toFixed(1)} GiB free for ${host.home}`;
      const fix = "free some space, or set VIBEWRITER_HOME to a folder on another disk";
      if (free < fewBytes) return fail(detail, fix);
      return free < enoughBytes ? warn(detail, fix) : ok(detail);
    },
  },
];
