import { codeOf, type Ended, messageOf, type Session } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { ProgramError, UsageError } from "../../exit.js";
import { forwardSignals } from "../../forward-signals.js";
import { gather, type Output, passOn } from "../../output.js";
import { passInput } from "../../pass-input.js";
import type { Streams } from "../../terminal.js";

export interface ExecOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Seconds. */
  readonly timeout: number;
}

/** As the program `timeout` and the shells have it. */
const TIMED_OUT = 124;
const NOT_STARTED: Readonly<Record<string, number>> = { permission_denied: 126, not_found: 127 };

/** `vibewriter vm exec VM -- ARGV...`: input goes in and output comes out as it is; exits as the command did. */
export async function vmExec(context: Context, id: string, argv: string[], o: ExecOptions): Promise<number> {
  if (argv.length === 0)
    throw new UsageError(
      "There is no command; say what to run, for example: vibewriter vm exec VM -- ls -l /workspace.",
    );
  if (o.cwd !== undefined && !o.cwd.startsWith("/"))
    throw new UsageError("The folder given to --cwd must be a path in the VM that begins with /.");
  const { terminal } = context;
  const { vms } = await connect(context);
  const output = terminal.json ? gather() : passOn(terminal.streams);
  using session = await vms.run(id, { argv, env: o.env, cwd: o.cwd, timeoutMs: o.timeout * 1000 });
  const result = await attend(session, { output, streams: terminal.streams });
  if (terminal.json) terminal.printJson({ ...result, ...output.texts() });
  if (result.timedOut) terminal.warn(`The command was ended after ${o.timeout} s; give it more with --timeout.`);
  if (result.truncated)
    terminal.warn("The output was longer than what is passed on; let the command write a file, and copy that.");
  return result.timedOut ? TIMED_OUT : result.exitCode;
}

async function attend(
  session: Session<Ended>,
  { output, streams }: { output: Output; streams: Streams },
): Promise<Ended> {
  using _signals = forwardSignals(session);
  using _input = passInput(streams, session);
  let isStarted = false;
  try {
    for await (const said of session) {
      if (said.type === "done") return said.result;
      if (said.type === "started") isStarted = true;
      else await output.write(said.type, said.bytes);
    }
  } catch (error) {
    // Once the VM runs, it is the command that is not there.
    const exitCode = isStarted ? NOT_STARTED[codeOf(error)] : undefined;
    if (exitCode === undefined) throw error;
    throw new ProgramError(codeOf(error), messageOf(error), exitCode);
  }
  throw new Error("A session ends with its result.");
}
