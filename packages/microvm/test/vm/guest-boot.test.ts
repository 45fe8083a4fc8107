import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureDisk } from "../../src/vm/disk.js";
import { builtImage } from "../support/home.js";

const bootMs = 90_000;

/** What the kernel and the agent of a machine say until it ends. Its drives have no serials, and there is no port. */
async function boot(words: string): Promise<string> {
  const { kernel, initrd, base } = await builtImage();
  const folder = await mkdtemp(join(tmpdir(), "vw-boot-"));
  const disk = join(folder, "disk.img");
  await ensureDisk(disk, 64);
  const cpu = /^bogomips\s*:\s*([\d.]+)$/m.exec(await readFile("/proc/cpuinfo", "utf8"));
  const khz = Math.round(Number(cpu?.[1]) * 500);
  const clock = `tsc_early_khz=${khz} lpj=${khz * 4} no_timer_check tsc=reliable`;
  const drive = (name: string, path: string, more = "") => [
    ...[
      "-blockdev",
      `driver=file,node-name=${name},filename=${path}${more}`,
      "-device",
      `virtio-blk-device,drive=${name}`,
    ],
  ];
  const args = [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-accel", "tcg,tb-size=32", "-cpu", "max"],
    ...["-M", "microvm,acpi=on,pit=on,pic=on,rtc=on", "-global", "virtio-mmio.force-legacy=false", "-m", "256M"],
    ...[
      "-kernel",
      kernel,
      "-initrd",
      initrd,
      "-append",
      `console=ttyS0 panic=-1 reboot=t 8250.nr_uarts=1 ${clock} ${words}`,
    ],
    ...["-chardev", "stdio,id=console", "-serial", "chardev:console"],
    ...drive("base", base, ",read-only=on"),
    ...drive("disk", disk),
  ];
  try {
    const { stdout } = await promisify(execFile)("qemu-system-x86_64", args, {
      timeout: bootMs,
      killSignal: "SIGKILL",
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a machine with vsock and drives in an order comes up, and ends itself when no host is heard", async () => {
  const said = await boot("vibewriter.orphan_s=1 vibewriter.link=vsock:5000 vibewriter.drives=base,disk");
  expect(said).toMatch(/erofs: \(device vda\): mounted/);
  expect(said).toMatch(/vibewriter: the host has been silent for 1 s/);
  expect(said).not.toContain("vibewriter: the agent has");
}, 120_000);

test("a machine with a link that is none says so and ends", async () => {
  expect(await boot("vibewriter.link=tcp:5000")).toContain("the kernel command line has a wrong vibewriter.link");
}, 120_000);
