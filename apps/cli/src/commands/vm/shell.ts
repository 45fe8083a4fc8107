import type { Ended, Session } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { UsageError } from "../../exit.js";
import { RawTerminal } from "../../raw-terminal.js";
import { working } from "../../view/working.js";

const LOGIN_SHELL = ["/bin/bash", "-l"];
/** What programs need to know of the person's terminal. */
const PASSED_ON = ["TERM", "COLORTERM", "LANG", "LC_ALL", "LC_CTYPE"];

/** `vibewriter vm shell VM [-- ARGV...]`: an interactive terminal in a VM; exits as its program did. */
export async function vmShell(context: Context, id: string, argv: string[]): Promise<number> {
  const { terminal } = context;
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || terminal.json)
    throw new UsageError("A shell needs a terminal on both sides; for programs there is vibewriter vm exec.");
  const { vms } = await connect(context);
  const size = { rows: stdout.rows, cols: stdout.columns };
  const program = { argv: argv.length > 0 ? argv : LOGIN_SHELL, env: passedOn(context.env), terminal: size };
  using session = await vms.run(id, program);
  using starting = working(terminal, "Starting the microVM");
  return (await attend(session, starting)).exitCode;
}

async function attend(session: Session<Ended>, starting: Disposable): Promise<Ended> {
  // Until the VM runs, Ctrl-C is the system's: it ends this command, and with it the session.
  using raw = new RawTerminal(session);
  for await (const said of session) {
    if (said.type === "done") return said.result;
    if (said.type !== "started") {
      await raw.show(said.bytes);
    } else {
      starting[Symbol.dispose]();
      raw.begin();
    }
  }
  throw new Error("A session ends with its result.");
}

function passedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
