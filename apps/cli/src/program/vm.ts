import type { Command } from "commander";
import { vmCopy } from "../commands/vm/cp.js";
import { type CreateOptions, vmCreate } from "../commands/vm/create.js";
import { type ExecOptions, vmExec } from "../commands/vm/exec.js";
import { vmDestroy, vmStart, vmStop } from "../commands/vm/life.js";
import { vmList } from "../commands/vm/list.js";
import { vmShell } from "../commands/vm/shell.js";
import type { Context } from "../context.js";
import { assignment, idFrom, mebibytes, seconds, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

const anId = idFrom("vibewriter vm list");

/** `vibewriter vm ...`; each action hands its exit code to `done`. */
export function addVmCommands(program: Command, context: Context, done: (code: number) => void): void {
  const vm = program.command("vm").description("the microVMs of this home").enablePositionalOptions();
  addMaking(vm, context, done);
  addUsing(vm, context, done);
  addLife(vm, context, done);
}

function addMaking(vm: Command, context: Context, done: (code: number) => void): void {
  add(vm, "list", "list them, running or not").action(async () => done(await vmList(context)));
  add(vm, "create", "make one and start it")
    .option("--id <id>", "its name; letters, digits, '.', '_' and '-'", anId)
    .option("--memory <size>", "of the VM, such as 512M or 2G", mebibytes(128, 65_536))
    .option("--vcpus <n>", "its processors", wholeNumber(1, 16))
    .option(
      "--disk <size>",
      "of its own disk, such as 4G; 0 for none, and then nothing of it is kept",
      mebibytes(0, 16_777_216),
    )
    .option("--label <name=value>", "something to know it by; may be given again", assignment)
    .addHelpText(
      "after",
      example("vibewriter vm create --id lab --memory 1G --disk 8G", "vibewriter vm create --label team=red"),
    )
    .action(async (o: CreateOptions) => done(await vmCreate(context, o)));
}

function addUsing(vm: Command, context: Context, done: (code: number) => void): void {
  add(vm, "exec", "run a command in one, which is started when it is not running; exits as the command does")
    .argument("<vm>", "its id", anId)
    .argument("<argv...>", "the command and its arguments")
    .option("--env <name=value>", "a variable for the command; may be given again", assignment)
    .option("--cwd <folder>", "where the command begins; default /workspace")
    .option("--timeout <time>", "end the command after so long, such as 90s or 2h", seconds(1, 86_400), 3_600)
    .passThroughOptions()
    .addHelpText(
      "after",
      example("vibewriter vm exec VM -- ls -l /workspace", "vibewriter vm exec VM -- sort < names.txt"),
    )
    .action(async (id: string, args: string[], o: ExecOptions) =>
      done(await vmExec(context, id, args[0] === "--" ? args.slice(1) : args, o)),
    );
  add(vm, "shell", "open an interactive terminal in one; Enter ~ . leaves one that answers nothing")
    .argument("<vm>", "its id", anId)
    .argument("[argv...]", "a program instead of the login shell")
    .passThroughOptions()
    .addHelpText("after", example("vibewriter vm shell VM", "vibewriter vm shell VM -- python3"))
    .action(async (id: string, args: string[]) =>
      done(await vmShell(context, id, args[0] === "--" ? args.slice(1) : args)),
    );
  add(vm, "cp", "copy a file or a folder into a VM or out of it")
    .argument("<source>", "a path, or VM:path")
    .argument("<target>", "VM:path, or a path; into the folder that is there, else to that very path")
    .addHelpText("after", example("vibewriter vm cp notes VM:/workspace", "vibewriter vm cp VM:/workspace/out.csv ."))
    .action(async (from: string, to: string) => done(await vmCopy(context, from, to)));
}

function addLife(vm: Command, context: Context, done: (code: number) => void): void {
  add(vm, "start", "start one that is stopped")
    .argument("<vm>", "its id", anId)
    .addHelpText("after", example("vibewriter vm start VM"))
    .action(async (id: string) => done(await vmStart(context, id)));
  add(vm, "stop", "end its processes; its disk stays")
    .argument("<vm>", "its id", anId)
    .addHelpText("after", example("vibewriter vm stop VM"))
    .action(async (id: string) => done(await vmStop(context, id)));
  add(vm, "destroy", "end one and delete its disk")
    .argument("<vm>", "its id", anId)
    .addHelpText("after", example("vibewriter vm destroy VM"))
    .action(async (id: string) => done(await vmDestroy(context, id)));
}
