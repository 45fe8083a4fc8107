import { dirname } from "node:path";
import { oldestVersion } from "../drivers/firecracker/find.js";
import { type CgroupHost, controllers, findCgroups } from "../drivers/host/cgroup.js";
import { type Check, fail, ok, warn } from "./check.js";
import type { Host } from "./host.js";

/** Strings of the C library in a static program. The official releases are built with another one. */
const glibc = /glibc\.(?:rtld|malloc|pthread)\.|ld-linux/;

/** What keeps Firecracker in, should a guest get out of its machine. */
export const confinement: Check[] = [
  {
    name: "Firecracker",
    async look(host) {
      const found = await host.firecracker();
      if (typeof found === "string") return fail(found, "run `npm run setup`");
      return ok(`${found.version}, at least ${oldestVersion.join(".")}, with the jailer of its release`);
    },
  },
  {
    name: "jailer",
    look(host) {
      if (host.uid === 0) return ok("root starts it; each VM then runs as a user of its own");
      return fail("this is not root, which the jailer has to be started by", "run the server as root");
    },
  },
  {
    name: "seccomp",
    async look(host) {
      const actions = host.read("/proc/sys/kernel/seccomp/actions_avail") ?? "";
      if (!actions.split(" ").includes("kill_process")) {
        return fail("the kernel has no seccomp filters", "use a kernel with CONFIG_SECCOMP_FILTER");
      }
      const found = await host.firecracker();
      if (typeof found === "string") return fail(found, "run `npm run setup`");
      if (glibc.test(host.read(found.firecracker) ?? "")) {
        const detail = `${found.firecracker} is a build with glibc, whose default filter lets everything pass`;
        return fail(detail, "use an official release (`npm run setup` fetches it)");
      }
      return ok("Firecracker's default filters, which nothing here turns off");
    },
  },
  {
    name: "programs",
    async look(host) {
      const found = await host.firecracker();
      if (typeof found === "string") return fail(found, "run `npm run setup`");
      const open = [found.firecracker, found.jailer].flatMap(withParents).filter((path) => isOthers(host, path));
      if (open.length === 0) return ok("only root can change Firecracker, the jailer and the folders they are in");
      const paths = [...new Set(open)].join(", ");
      return fail(`others than root can change ${paths}`, `chown root and chmod go-w ${paths}`);
    },
  },
  {
    name: "home",
    look(host) {
      const home = host.stat(host.home);
      if (home === undefined) return warn(`${host.home} is not there yet`, "run `npm run setup`");
      if ((home.mode & 0o077) !== 0) {
        return fail(`others can look into ${host.home}, where memory of VMs is kept`, `chmod 700 ${host.home}`);
      }
      return ok("nobody else can look into it");
    },
  },
  {
    name: "control groups",
    look(host) {
      const groups = hostCgroups(host);
      const missing = controllers.filter((name) => groups.roots[name] === undefined);
      if (missing.length > 0) {
        return fail(`there is none for ${missing.join(", ")}`, "mount cgroup v2 at /sys/fs/cgroup");
      }
      if (groups.version === 2) return ok("version 2, with processor time, memory and processes");
      return warn("version 1", "boot with version 2 (systemd.unified_cgroup_hierarchy=1)");
    },
  },
  {
    name: "one tenant in a process",
    look(host) {
      const users = host
        .list("/proc")
        .filter((pid) => /^\d+$/.test(pid) && host.read(`/proc/${pid}/comm`) === "firecracker")
        .map((pid) => /^Uid:\s+(\d+)/m.exec(host.read(`/proc/${pid}/status`) ?? "")?.[1] ?? "");
      if (users.includes("0")) return fail("a Firecracker runs as root", "end it, and start VMs with the jailer");
      if (new Set(users).size < users.length)
        return fail("two Firecrackers share a user", "end them, and start them here");
      return ok("each VM is a process, a user and a jail of its own");
    },
  },
];

function hostCgroups(host: Host): CgroupHost {
  return findCgroups(host.read("/proc/mounts") ?? "", (path) => host.read(path) ?? "");
}

function withParents(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...withParents(parent)];
}

/** A sticky folder, as /tmp, lets others add to it, not take away. */
function isOthers(host: Host, path: string): boolean {
  const found = host.stat(path);
  if (found === undefined) return false;
  const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
  return found.uid !== 0 || ((found.mode & 0o022) !== 0 && !isSticky);
}
