import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { checkSocketPath } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import type { MachineRecord, MachineSpec } from "../driver.js";
import { identify, type ProcessIdentity } from "../host/process.js";
import { type Accelerator, type GuestMemory, qemuArguments } from "./command.js";
import { QemuMachine } from "./machine.js";

/** The child's descriptor of a saved state, after stdin, stdout and stderr. */
export const stateDescriptor = 3;

/** What a QEMU process is to do first: boot the kernel, or wait for a machine to come in. */
export type Beginning = { boots: true } | { boots: false; state?: string };

/** Starts QEMU for the machine that `record` names. Throws MicroVMError `requirement_missing`, `start_failed` or `invalid_path`. */
export async function startQemu(o: {
  binary: string;
  accelerator: Accelerator;
  spec: MachineSpec;
  record: MachineRecord;
  memory: GuestMemory;
  beginning: Beginning;
}): Promise<QemuMachine> {
  const { record, beginning } = o;
  checkSocketPath(record.rpc.path);
  checkSocketPath(record.control);
  await mkdir(record.jail, { recursive: true, mode: 0o700 });
  const args = [...qemuArguments(o.spec, record, o), ...(beginning.boots ? [] : ["-incoming", "defer"])];
  const log = await open(record.log, "a", 0o600);
  const state = beginning.boots || beginning.state === undefined ? undefined : await open(beginning.state, "r");
  try {
    // A session of its own: the VM outlives its owner and its terminal, and is adopted by the next owner.
    const child = spawn(o.binary, args, {
      detached: true,
      cwd: "/",
      env: {},
      stdio: ["ignore", log.fd, log.fd, ...(state === undefined ? [] : [state.fd])],
    });
    const identity = await started(child);
    child.unref();
    return new QemuMachine({ ...record, process: identity });
  } finally {
    await log.close();
    await state?.close();
  }
}

function started(child: ChildProcess): Promise<ProcessIdentity> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new MicroVMError("requirement_missing", "QEMU could not be started; run `vibewriter doctor`.", { cause })),
    );
    child.once("spawn", () => {
      const identity = child.pid === undefined ? undefined : identify(child.pid);
      if (identity !== undefined) resolve(identity);
      else reject(new MicroVMError("start_failed", "QEMU ended at once; run `vibewriter doctor`."));
    });
  });
}
