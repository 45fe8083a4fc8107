import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type Context, ROOT } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { table } from "../view/table.js";

const Requirement = z.object({
  name: z.string(),
  status: z.enum(["ok", "degraded", "missing"]),
  detail: z.string().optional(),
  fix: z.string().optional(),
});
const Requirements = z.object({
  checkRequirements: z.custom<(o: { home: string }) => unknown>((f) => typeof f === "function"),
});

/** `vibewriter setup`: the set-up script, with its own progress. */
export async function setup(context: Context): Promise<ExitCode> {
  // With --json, standard output holds one object and nothing else; the progress goes to standard error.
  const stdout = context.terminal.json ? process.stderr : "inherit";
  const child = spawn(process.execPath, [join(ROOT, "scripts", "setup.mjs")], {
    cwd: ROOT,
    env: { ...context.env, VIBEWRITER_HOME: context.home },
    stdio: ["inherit", stdout, "inherit"],
  });
  const [code] = await once(child, "close");
  if (context.terminal.json) context.terminal.printJson({ ok: code === 0 });
  return code === 0 ? EXIT.done : EXIT.requirement;
}

/** `vibewriter doctor`: every requirement as ok, degraded or missing, with what to do about it. */
export async function doctor(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const script = Requirements.parse(
    await import(pathToFileURL(join(ROOT, "scripts", "setup", "requirements.mjs")).href),
  );
  const requirements = z.array(Requirement).parse(await script.checkRequirements({ home: context.home }));
  const isMissing = requirements.some((requirement) => requirement.status === "missing");
  if (terminal.json) {
    terminal.printJson({ ok: !isMissing, requirements });
  } else {
    const rows = requirements.map((r) => [
      r.status,
      plain(r.name),
      plain([r.detail, r.fix && `fix: ${r.fix}`].filter(Boolean).join("; ")),
    ]);
    for (const line of table(rows, Number.POSITIVE_INFINITY)) terminal.print(line);
  }
  return isMissing ? EXIT.requirement : EXIT.done;
}
