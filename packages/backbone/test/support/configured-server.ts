import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { natsBinary, until } from "./home.js";

export interface ConfiguredServer extends AsyncDisposable {
  port: number;
  /** What the server has written so far. */
  log(): Promise<string>;
  /** Replaces the configuration and has the server read it. */
  reload(config: string): Promise<void>;
}

/** A nats-server on 127.0.0.1 with a configuration of the test's own, its files in `folder`. */
export async function configuredServer(folder: string, config: string): Promise<ConfiguredServer> {
  const port = await freePort();
  const [path, logPath] = [join(folder, "test.conf"), join(folder, "test.log")];
  const write = (text: string) =>
    writeFile(path, `listen: "127.0.0.1:${port}"\nserver_name: test\nlog_file: "${logPath}"\n${text}\n`);
  await write(config);
  const child = spawn((await natsBinary()).path, ["-c", path], { stdio: "ignore" });
  const exited = once(child, "exit");
  const log = async () => await readFile(logPath, "utf8").catch(() => "");
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`nats-server ended: ${await log()}`);
    return /Server is ready/.test(await log());
  }, 30_000);
  return {
    port,
    log,
    async reload(text) {
      const reloads = (await log()).split("Reloaded server configuration").length;
      await write(text);
      child.kill("SIGHUP");
      await until(async () => (await log()).split("Reloaded server configuration").length > reloads);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return address.port;
}
