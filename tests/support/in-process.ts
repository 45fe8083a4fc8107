import { PassThrough, Writable } from "node:stream";
import { runProgram } from "../../apps/cli/src/program.js";
import { environmentOf, type Finished } from "./cli.js";

/**
 * Runs `vibewriter ...args` on `home` to its end, as `cli` does, without a process for it: what such a one costs to start is many times what most
 * commands do. For whatever neither signals nor its own end are about. Given up after `timeoutMs` (default 180 s).
 */
export async function inProcess(
  home: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; timeoutMs?: number } = {},
): Promise<Finished> {
  const { timeoutMs = 180_000, input = "" } = options;
  const [stdout, stderr] = [new Kept(), new Kept()];
  const stdin = new PassThrough();
  stdin.end(input);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const said = () => new Error(`The command ran for more than ${timeoutMs} ms.\n${stdout.text}\n${stderr.text}`);
    timer = setTimeout(() => reject(said()), timeoutMs);
  });
  const ended = runProgram(args, environmentOf(home, options.env), { stdin, stdout, stderr });
  try {
    return { code: await Promise.race([ended, late]), stdout: stdout.text, stderr: stderr.text };
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps what is written to it. */
class Kept extends Writable {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}
