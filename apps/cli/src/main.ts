import { messageOf } from "@vibewriter/server";
import { EXIT } from "./exit.js";
import { runProgram } from "./program.js";

// The reader of a pipe may stop reading; that is its right and no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.done);
    throw error;
  });
}
// Whatever was drawn is left in order; the run belongs to the server and goes on. A command may have a use of its own for a signal.
for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
process.on("uncaughtException", (error) => {
  process.stderr.write(`vibewriter: ${messageOf(error)}\n`);
  process.exit(EXIT.failed);
});

process.exitCode = await runProgram(process.argv.slice(2), process.env);
