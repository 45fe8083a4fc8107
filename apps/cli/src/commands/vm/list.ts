import { type Context, connect } from "../../context.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { vmTable } from "../../view/vm.js";

/** `vibewriter vm list`. */
export async function vmList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { vms, weaknesses } = await (await connect(context)).vms.list();
  if (terminal.json) terminal.printJson({ vms, weaknesses });
  else if (vms.length === 0) terminal.print("No microVMs yet; make one with vibewriter vm create.");
  else for (const line of vmTable(vms, terminal.outColumns)) terminal.print(line);
  if (!terminal.json) for (const weakness of weaknesses) terminal.note(weakness);
  return EXIT.done;
}
