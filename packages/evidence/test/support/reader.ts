import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundled packages of the older kind call require for Node's own modules. */
const REQUIRE = 'import { createRequire as __r } from "node:module"; const require = __r(import.meta.url);';

export interface TestReader extends AsyncDisposable {
  /** One request on one connection, as the guest agent's `service` call makes it. */
  call(request: Uint8Array): Promise<Uint8Array>;
  calls(): number;
}

/** The real reader program, bundled as in production, as a child process on a unix socket. */
export async function startReader({ deadlineMs = 60_000 } = {}): Promise<TestReader> {
  const folder = await mkdtemp(join(tmpdir(), "vw-reader-"));
  const source = join(import.meta.dirname, "../../reader");
  const common = { bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" } as const;
  const programs = { "reader.ts": "reader.mjs", "worker.ts": "reader-worker.mjs" };
  for (const [program, target] of Object.entries(programs)) {
    await build({
      ...common,
      entryPoints: [join(source, program)],
      outfile: join(folder, target),
      banner: { js: REQUIRE },
    });
  }
  const socket = join(folder, "reader.sock");
  const child = spawn(process.execPath, [join(folder, "reader.mjs")], {
    env: { READER_SOCKET: socket, READER_DEADLINE_MS: String(deadlineMs) },
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
