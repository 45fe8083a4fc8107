import type { Context } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { table } from "../../view/table.js";

/** `vibewriter vm check-host`: whether other people's agents can be run on this machine, point by point. */
export async function vmCheckHost(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  // Loaded when it is needed: all other commands are clients of the server.
  const { checkHost } = await import("@vibewriter/microvm");
  const checks = await checkHost({ home: context.home });
  const isFit = checks.every(({ status }) => status !== "fail");
  if (terminal.json) {
    terminal.printJson({ ok: isFit, checks });
  } else {
    const rows = checks.map(({ status, name, detail, fix }) => [
      ...[status, name, plain([detail, fix && `fix: ${fix}`].filter(Boolean).join("; "))],
    ]);
    for (const line of table(rows, Number.POSITIVE_INFINITY)) terminal.print(line);
  }
  return isFit ? EXIT.done : EXIT.requirement;
}
