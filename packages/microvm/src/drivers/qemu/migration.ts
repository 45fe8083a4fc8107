import { open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { checkSocketPath } from "../../client/dial.js";
import { MicroVMError } from "../../errors.js";
import type { MachineRecord } from "../driver.js";
import type { Confinement } from "./confinement.js";
import { give, socketFolder } from "./files.js";
import { knownAs } from "./process.js";
import type { Qmp } from "./qmp.js";

const pollMs = 5;
/** Two gigabytes of memory on a busy disk. */
const migrationMs = 60_000;
/** Nothing runs beside a migration that would have to be spared: as fast as it goes, in bytes a second. */
const bandwidth = 2 ** 40;
const answer = z.object({ status: z.string().optional() });

/** Whether memory that is a shared file, or mapped from one, stays out of the stream. Both ends must agree. */
export async function leaveOutShared(qmp: Qmp, state: boolean): Promise<void> {
  await qmp.execute("migrate-set-capabilities", { capabilities: [{ capability: "x-ignore-shared", state }] });
}

/** Sends the machine to the unix socket `path`, as QEMU sees it, and waits until all of it is gone. */
export async function sendTo(qmp: Qmp, path: string): Promise<void> {
  await qmp.execute("migrate-set-parameters", { "max-bandwidth": bandwidth });
  await qmp.execute("migrate", { uri: `unix:${path}` });
  await migrationEnd(qmp);
}

/** Sends the machine that `record` names into a file. */
export async function sendToFile(
  qmp: Qmp,
  confinement: Confinement,
  record: MachineRecord,
  path: string,
): Promise<void> {
  const socket = join(socketFolder(record), "out");
  checkSocketPath(socket);
  const receiver = receiveFile(socket, path);
  await receiver.listening;
  try {
    await give(record, socket);
    await sendTo(qmp, knownAs(confinement, socket));
    await receiver.done;
  } finally {
    receiver.close();
    await rm(socket, { force: true });
  }
}

/** Waits until a machine is all gone, or all here. Throws MicroVMError `internal`. */
export async function migrationEnd(qmp: Qmp): Promise<void> {
  const deadline = Date.now() + migrationMs;
  for (;;) {
    const { status } = answer.parse(await qmp.execute("query-migrate"));
    if (status === "completed") return;
    if (status === "failed" || status === "cancelled" || Date.now() > deadline) {
      throw new MicroVMError("internal", `QEMU could not move the VM (${status ?? "nothing arrived"}); try again.`);
    }
    await delay(pollMs);
  }
}

/** A unix socket that writes the one stream it is sent into a file. */
function receiveFile(socketPath: string, path: string) {
  const server = createServer();
  const done = new Promise<void>((resolve, reject) => {
    server.once("connection", async (socket) => {
      try {
        const file = await open(path, "w", 0o600);
        await pipeline(socket, file.createWriteStream());
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
  // Awaited only once the migration has ended; a failure before that is reported by QEMU.
  done.catch(() => undefined);
  const listening = new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return { done, listening, close: () => server.close() };
}
