import { type Check, fail, ok, warn } from "./check.js";

/** The device numbers that the jailer makes /dev/kvm with in every jail. */
const kvmNumbers = { major: 10, minor: 232 };

/** What keeps a guest in its machine. */
export const virtualization: Check[] = [
  {
    name: "KVM",
    look(host) {
      const device = host.stat("/dev/kvm");
      if (device === undefined) return fail("there is no /dev/kvm", "use a machine with hardware virtualization");
      const [major, minor] = [Math.floor(device.rdev / 256) % 4_096, device.rdev % 256];
      if (major !== kvmNumbers.major || minor !== kvmNumbers.minor) {
        return fail(`/dev/kvm is device ${major}:${minor}, the jailer expects 10:232`, "look at what made /dev/kvm");
      }
      if (host.stat("/sys/module/kvm_pvm") !== undefined) {
        const detail = "KVM here is paravirtual (kvm_pvm): no ordinary guest boots on it";
        return fail(detail, "use a machine with hardware virtualization");
      }
      if ((device.mode & 0o006) !== 0) return warn("/dev/kvm is open to everybody", "chmod o-rw /dev/kvm");
      return ok("/dev/kvm is there, and not everybody's");
    },
  },
  {
    name: "a VM boots",
    look(host) {
      const text = host.read(`${host.home}/cache/kvm-firecracker.json`);
      const answer = text === undefined ? undefined : parse(text);
      if (answer === undefined || answer.boot !== host.read("/proc/sys/kernel/random/boot_id")) {
        return warn("not tried since this machine was started", "start a VM; the answer is kept");
      }
      if (answer.kvm) return ok("tried since this machine was started");
      return fail("a VM was tried, and did not come up", "use a machine whose KVM runs ordinary guests");
    },
  },
  {
    name: "bare metal",
    look(host) {
      const flags = /^flags\s*:(.*)$/m.exec(host.read("/proc/cpuinfo") ?? "")?.[1] ?? "";
      if (!flags.split(" ").includes("hypervisor")) return ok("this is no virtual machine");
      const detail = "this host is a virtual machine itself: its own host's isolation and microcode count too";
      return warn(detail, "use a bare-metal machine, or know who your neighbours are");
    },
  },
];

function parse(text: string): { boot: unknown; kvm: boolean } | undefined {
  try {
    const { key, kvm } = JSON.parse(text);
    return { boot: JSON.parse(key)[0], kvm: kvm === true };
  } catch {
    // Half-written or of another version: as good as none.
    return undefined;
  }
}
