import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "../../src/client/connection.js";
import { kernelCommandLine } from "../../src/drivers/firecracker/shape.js";
import { findProgram } from "../../src/drivers/programs.js";
import { qemuArguments } from "../../src/drivers/qemu/command.js";
import { shell } from "../drivers/lab.js";
import { builtImage } from "../support/home.js";

vi.setConfig({ testTimeout: 180_000 });

// Where KVM boots no guests Firecracker cannot show this. QEMU enters an unpacked kernel the same way (PVH), and has most of the same devices.
test("the unpacked kernel boots with what Firecracker tells it, brings up vsock and the balloon, and ends by a restart", async () => {
  const image = await builtImage();
  const binary = await findProgram("qemu-system-x86_64");
  if (binary === undefined) throw new Error("qemu-system-x86_64 is not on the PATH: run `npm run setup`.");
  const directory = await mkdtemp(join(tmpdir(), "vw-boot-"));
  const at = (name: string) => join(directory, name);
  const spec = { image, layers: [], memoryMiB: 256, vcpus: 1 };
  const names = { kernel: image.vmlinux, initrd: image.initrd, base: image.base, layers: [] };
  const sockets = { memory: at("memory"), rpc: at("rpc"), control: at("control") };
  const token = randomUUID();
  const args = qemuArguments(spec, { ...names, ...sockets }, { token, accelerator: "tcg", memory: "own" });
  const append = args.indexOf("-append") + 1;
  args[append] = lineFor(kernelCommandLine(spec), args[append] ?? "");
  const vmm = spawn(binary, args, { stdio: "ignore" });
  try {
    const ended = once(vmm, "exit");
    const isDoomed = () => vmm.exitCode !== null;
    const connection = await Connection.open(sockets.rpc, { deadlineMs: 120_000, fresh: true, isDoomed });
    const told = await shell(connection, "cat /proc/cmdline");
    expect(told).toContain("8250.nr_uarts=0");
    const modules = await shell(connection, "cut -d ' ' -f 1 /proc/modules");
    expect(modules.split("\n")).toEqual(expect.arrayContaining(["vmw_vsock_virtio_transport", "virtio_balloon"]));
    expect(await shell(connection, "ls /sys/class/tty")).not.toContain("ttyS0");
    await connection.call({ op: "power_off", args: {}, maxData: 0, deadlineMs: 30_000 });
    expect((await ended)[0]).toBe(0);
  } finally {
    vmm.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  }
});

/** Firecracker's command line, on QEMU's port and with drives told by their serials, and with what an emulated clock needs. */
function lineFor(firecracker: string, qemu: string): string {
  const own = firecracker.split(" ").filter((word) => !/^vibewriter\.(link|drives)=/.test(word));
  const clock = qemu.split(" ").filter((word) => /^(tsc|lpj|no_timer_check)/.test(word));
  return [...own, ...clock].join(" ");
}
