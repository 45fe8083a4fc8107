import { resolve } from "node:path";
import type { Guide, Styled } from "@vibewriter/evidence/style";
import type { Context } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { guideText } from "../guides.js";
import { passOn } from "../output.js";
import { writeOut } from "../write-out.js";
import { readDraft } from "./publish.js";

export interface StyleOptions {
  readonly guide?: string;
  readonly check?: string;
  readonly out?: string;
}

/**
 * `vibewriter style DRAFT`: formats it in this process, checks it against what it was before, or both. Exit code 1 when something is said
 * otherwise than before, or a pass had to be undone.
 */
export async function style(context: Context, file: string, o: StyleOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  if (o.guide === undefined && o.check === undefined) {
    throw new UsageError("Say how: --guide with a style guide, or --check with the draft as it was before.");
  }
  if (o.guide === undefined && o.out !== undefined)
    throw new UsageError("--out is for what --guide makes; name a guide.");
  if (terminal.json && o.guide !== undefined && o.out === undefined) {
    throw new UsageError("With --json the formatted draft goes into a file; name it with -o FILE.");
  }
  const { adviceOn, applyGuide, compareRewrite, parseGuide, rewriteText } = await import("@vibewriter/evidence/style");
  const draft = await readDraft(resolve(cwd, file), file);
  const before = o.check === undefined ? undefined : await readDraft(resolve(cwd, o.check), o.check);
  const guide = o.guide === undefined ? undefined : parseGuide(await guideText(cwd, o.guide), o.guide);
  const styled = guide === undefined ? undefined : applyGuide(draft, guide);
  const rewrite = before === undefined ? undefined : compareRewrite(before, styled?.text ?? draft);
  const isSame = rewrite === undefined || rewrite.changes.length === 0;
  // What says something else is not written.
  if (styled !== undefined && isSame) await write(context, styled.text, o.out);
  const advice = styled === undefined || guide === undefined ? [] : adviceOn(styled.text, guide);
  if (terminal.json) {
    const { passes, undone } = styled ?? { passes: [], undone: [] };
    const file = o.out === undefined || !isSame ? null : resolve(cwd, o.out);
    const { changes, reworded } = rewrite ?? { changes: null, reworded: null };
    terminal.printJson({ file, passes, undone, changes, reworded, refused: guide?.refused ?? [], advice });
  } else {
    if (styled !== undefined && guide !== undefined) tell(context, styled, guide);
    for (const { line, text } of advice)
      terminal.note(`Advice${line === undefined ? "" : `, line ${line}`}: ${plain(text)}`);
    if (rewrite !== undefined) tellRewrite(context, rewriteText(rewrite).split("\n"), isSame);
  }
  return isSame && (styled?.undone.length ?? 0) === 0 ? EXIT.done : EXIT.failed;
}

function tell({ terminal }: Context, { passes, undone }: Styled, { refused }: Guide): void {
  const done = passes.map(({ name, edits }) => `${name} (${edits})`).join(", ");
  terminal.note(done === "" ? "Nothing to format." : `Formatted: ${done}.`);
  for (const { name, changes } of undone) {
    terminal.warn(`Undone: ${name}, which would have changed what is said.`);
    for (const { message } of changes) terminal.warn(`  ${plain(message)}`);
  }
  for (const { what, why } of refused) terminal.warn(`The guide's “${plain(what)}” is passed over: ${why}.`);
}

function tellRewrite({ terminal }: Context, [first = "", ...rest]: readonly string[], isSame: boolean): void {
  if (isSame) for (const line of [first, ...rest]) terminal.note(plain(line));
  else {
    terminal.warn(terminal.colors.red(plain(first)));
    for (const line of rest) terminal.warn(plain(line));
  }
}

async function write({ cwd, terminal }: Context, text: string, out: string | undefined): Promise<void> {
  if (out === undefined) return await passOn(terminal.streams).write("stdout", Buffer.from(text));
  const path = resolve(cwd, out);
  await writeOut(path, text);
  terminal.note(`Wrote ${plain(path)}.`);
}
