import { type Context, connect } from "../context.js";
import { plain, plainLines } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter vm list`. */
export async function vmList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const vms = await (await connect(context)).vms();
  if (terminal.json) {
    terminal.printJson({ vms });
  } else if (vms.length === 0) {
    terminal.print("No microVMs yet; a run makes the first.");
  } else {
    const rows = vms.map((vm) => [
      plain(vm.id),
      vm.state,
      vm.isolation,
      plain(vm.template),
      `${vm.memoryMiB} MiB`,
      vm.diskMiB === undefined ? "none" : `${vm.diskMiB} MiB`,
      age(vm.createdAt, Date.now()),
    ]);
    const head = ["VM", "STATE", "ISOLATION", "TEMPLATE", "MEMORY", "DISK", "AGE"];
    for (const line of table([head, ...rows], terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter vm exec VM -- ARGV...`: exits as the command did. Its output is passed on as it is only where no terminal reads it. */
export async function vmExec(context: Context, id: string, argv: string[], timeoutSeconds: number): Promise<number> {
  if (argv.length === 0)
    throw new UsageError(
      "There is no command; say what to run, for example: vibewriter vm exec VM -- ls -l /workspace.",
    );
  const client = await connect(context);
  const result = await client.vmExec(id, { argv, timeoutMs: timeoutSeconds * 1000 });
  if (context.terminal.json) {
    const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
    context.terminal.printJson({ ...result, stdout: text(result.stdout), stderr: text(result.stderr) });
  } else {
    passOn(process.stdout, result.stdout);
    passOn(process.stderr, result.stderr);
    if (result.timedOut)
      context.terminal.warn(`The command was ended after ${timeoutSeconds} s; give it more with --timeout.`);
    if (result.truncated)
      context.terminal.warn("The output was longer than what is kept; write it to a file in the VM.");
  }
  return result.timedOut ? EXIT.failed : result.exitCode;
}

/** `vibewriter vm destroy VM`: ends it and deletes its disk. */
export async function vmDestroy(context: Context, id: string): Promise<ExitCode> {
  await (await connect(context)).destroyVm(id);
  if (context.terminal.json) context.terminal.printJson({ destroyed: id });
  else context.terminal.print(`Destroyed ${plain(id)}.`);
  return EXIT.done;
}

function passOn(stream: NodeJS.WriteStream, base64: string): void {
  const bytes = Buffer.from(base64, "base64");
  stream.write(stream.isTTY ? plainLines(bytes.toString("utf8")) : bytes);
}
