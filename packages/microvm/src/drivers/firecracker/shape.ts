import type { MachineLimits, MachineSpec } from "../driver.js";
import type { BodyOf } from "./api.js";
import type { FirecrackerApi } from "./client.js";
import { jailed, layerName } from "./jail.js";

/** The port that the guest agent listens on. */
export const agentPort = 52;
/** How the guest hears that nobody listens any more: it powers off after this many seconds without a byte. */
const orphanSeconds = 600;
/** Context ids below this are not a guest's. Every VM has a vsock of its own, so all have the same. */
const guestCid = 3;
const refillMs = 1_000;
/** What a guest prints to the serial port costs the host, and a guest that boots has a better way to talk. */
export const serialOff = "8250.nr_uarts=0";

/** Gives a fresh Firecracker the devices of a machine. The order of the drives is what the guest tells them apart by. */
export async function configure(api: FirecrackerApi, spec: MachineSpec): Promise<void> {
  await api.call("putMachineConfiguration", { vcpu_count: spec.vcpus, mem_size_mib: spec.memoryMiB, smt: false });
  await api.call("putGuestBootSource", {
    kernel_image_path: jailed.kernel,
    initrd_path: jailed.initrd,
    boot_args: kernelCommandLine(spec),
  });
  for (const drive of drives(spec)) await api.call("putGuestDriveByID", drive);
  await api.call("putGuestVsock", { guest_cid: guestCid, uds_path: jailed.vsock });
  await api.call("putBalloon", { amount_mib: 0, deflate_on_oom: true, free_page_reporting: true });
  await api.call("putEntropyDevice", {});
}

/** How fast the VM's own disk may be. Without a limit that is said too: a saved machine brings the one it had. */
export function diskRate(limits: MachineLimits | undefined): BodyOf<"patchGuestDriveByID"> {
  const bytes = limits?.diskBytesPerSecond;
  const bandwidth = bytes === undefined ? { size: 0, refill_time: 0 } : { size: bytes, refill_time: refillMs };
  return { drive_id: jailed.disk, rate_limiter: { bandwidth } };
}

function drives(spec: MachineSpec): BodyOf<"putGuestDriveByID">[] {
  const readOnly = [jailed.base, ...spec.layers.map((_, index) => layerName(index))].map((name) => ({
    drive_id: name,
    path_on_host: name,
    is_root_device: false,
    is_read_only: true,
    io_engine: "Sync" as const,
  }));
  const own = {
    ...diskRate(spec.limits),
    path_on_host: jailed.disk,
    is_root_device: false,
    is_read_only: false,
    io_engine: "Sync" as const,
    // The other kind answers a flush without one.
    cache_type: "Writeback" as const,
  };
  return [...readOnly, own];
}

/** What the guest's kernel is told. */
export function kernelCommandLine(spec: MachineSpec): string {
  const names = drives(spec).map(({ drive_id }) => drive_id);
  return [
    ...["quiet", "loglevel=1", "panic=-1", "reboot=k", serialOff],
    // The keyboard controller is there for one thing: a guest that restarts ends.
    ...["i8042.noaux", "i8042.nomux", "i8042.dumbkbd"],
    `vibewriter.link=vsock:${agentPort}`,
    `vibewriter.drives=${names.join(",")}`,
    `vibewriter.orphan_s=${orphanSeconds}`,
  ].join(" ");
}
