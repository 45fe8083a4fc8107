import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inspectNatsServer, type NatsBinary } from "../../src/server/nats-binary.js";
import { speaker } from "./speaker.js";

const run = promisify(execFile);

export interface OldServer extends AsyncDisposable {
  binary: NatsBinary;
}

/**
 * A nats-server older than 2.12: the one that NATS_SERVER_OLD_BIN names, or the package of Debian 12 or 13, unpacked into a temporary folder
 * and not installed. A sentence if there is none to be had.
 */
export async function oldServer(): Promise<OldServer | string> {
  const named = process.env.NATS_SERVER_OLD_BIN;
  const folder = await mkdtemp(join(tmpdir(), "vw-old-nats-"));
  const path = named ?? (await fromDebian(folder));
  const binary = path === undefined ? undefined : await inspectNatsServer(path);
  const dispose = () => rm(folder, { recursive: true, force: true });
  if (binary?.tier === "degraded") return { binary, [Symbol.asyncDispose]: dispose };
  await dispose();
  return "no nats-server before 2.12 is to be had here: name one with NATS_SERVER_OLD_BIN";
}

async function fromDebian(folder: string): Promise<string | undefined> {
  try {
    await run("apt-get", ["download", "nats-server"], { cwd: folder, timeout: 60_000 });
    const [archive = ""] = (await readdir(folder)).filter((name) => name.endsWith(".deb"));
    await run("dpkg-deb", ["-x", archive, "."], { cwd: folder, timeout: 60_000 });
    return join(folder, "usr", "sbin", "nats-server");
  } catch {
    return undefined; // Not a Debian, or not connected: the caller says that it did not run.
  }
}

/**
 * Speaks as much of NATS on 127.0.0.1 as a greeting with this version needs: INFO, and PONG for each PING. It is no server, and answers no
 * request: for what is decided by the version alone.
 */
export function standIn(version: string): Promise<{ url: string } & AsyncDisposable> {
  const info = {
    server_id: "A",
    server_name: "old",
    version,
    proto: 1,
    headers: true,
    jetstream: true,
    max_payload: 1_048_576,
  };
  return speaker((socket) => {
    socket.setEncoding("utf8").on("data", (text) => {
      for (const line of String(text).split("\r\n")) if (line === "PING") socket.write("PONG\r\n");
    });
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
  });
}
