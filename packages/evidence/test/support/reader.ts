import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

export interface TestReader extends AsyncDisposable {
  /** One request on one connection, as the guest agent's `service` call makes it. */
  call(request: Uint8Array): Promise<Uint8Array>;
  calls(): number;
}

/** The real reader program, bundled as in production, as a child process on a unix socket. */
export async function startReader(): Promise<TestReader> {
  const folder = await mkdtemp(join(tmpdir(), "vw-reader-"));
  const outfile = join(folder, "reader.mjs");
  const entryPoints = [join(import.meta.dirname, "../../reader/reader.ts")];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  const socket = join(folder, "reader.sock");
  const child = spawn(process.execPath, [outfile], {
    env: { READER_SOCKET: socket },
    stdio: ["ignore", "ignore", "inherit"],
  });
  let calls = 0;
  for (const end = Date.now() + 20_000; !(await isListening(socket)); await new Promise((r) => setTimeout(r, 20))) {
    if (Date.now() > end || child.exitCode !== null) throw new Error("The reader does not listen.");
  }
  return {
    calls: () => calls,
    call: (request) => {
      calls++;
      return exchange(socket, request);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function exchange(path: string, request: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(request));
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.on("end", () => resolve(Buffer.concat(parts)));
    socket.on("error", reject);
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
