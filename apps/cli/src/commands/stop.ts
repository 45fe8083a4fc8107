import { stopServer } from "@vibewriter/server";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";

/** `vibewriter stop`: ends the server with all it runs, or clears what a dead one left. */
export async function stop(context: Context): Promise<ExitCode> {
  const what = await stopServer(context.home);
  if (context.terminal.json) context.terminal.printJson({ stopped: what === "stopped" });
  else context.terminal.print(what === "stopped" ? "Stopped." : "Nothing was running.");
  return EXIT.done;
}
