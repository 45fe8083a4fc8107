import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Change, GateDecision, Verification } from "@vibewriter/evidence";
import type { Context } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { existing } from "../../paths.js";
import { readDraft } from "../publish.js";
import { judgesOf } from "./judges.js";
import { sourceTexts } from "./source-texts.js";

/**
 * `vibewriter verify DRAFT --sources DIR`: what the gate would say to a draft. The sources are numbered in their order, as `vibewriter publish`
 * does; nothing is kept and nothing is published. Without documents such as PDFs the home and its server are not touched.
 * @param o.output a folder for `verification.json` and `verification.md`
 * @param o.repair a file for the draft with what does not hold mended or removed; what is said then is of that one
 * @param o.model judges what code leaves to judgement
 */
export async function verifyDraft(
  context: Context,
  file: string,
  o: { sources: readonly string[]; output?: string; repair?: string; model?: string },
): Promise<ExitCode> {
  const given = await readDraft(resolve(context.cwd, file), file);
  const judges = await judgesOf(context, o.model);
  const { sources, skipped } = await sourceTexts(context, await existing(context.cwd, o.sources));
  // Only this command checks drafts itself; the others stay light.
  const { gate, readableReport, repairDraft, reportOn } = await import("@vibewriter/evidence");
  using interrupt = interruption();
  const { signal } = interrupt;
  const check = (draft: string) => reportOn(draft, sources, { judge: judges?.entail, signal });
  const { draft, verification, changes, notReworded } =
    o.repair === undefined
      ? { draft: given, verification: await check(given), changes: [], notReworded: undefined }
      : await repairDraft(given, sources, { check, signal, reword: judges?.reword });
  if (o.repair !== undefined) await writeFile(resolve(context.cwd, o.repair), draft);
  const decision = gate(verification, draft);
  if (o.output !== undefined) {
    const folder = resolve(context.cwd, o.output);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "verification.json"), `${JSON.stringify(verification, null, 2)}\n`);
    await writeFile(join(folder, "verification.md"), readableReport(verification, decision));
  }
  const about = sources.map(({ id, uri, unreachable }) => ({ id, uri, unreachable }));
  const found = { decision, verification, changes, notReworded, sources: about, skipped };
  if (context.terminal.json) context.terminal.printJson(found);
  else show(context, found);
  return decision.pass ? EXIT.done : EXIT.failed;
}

function show(
  { terminal }: Context,
  o: {
    decision: GateDecision;
    verification: Verification;
    changes: readonly Change[];
    notReworded?: string;
    sources: readonly { id: string; uri: string; unreachable?: string }[];
    skipped: readonly { uri: string; reason: string }[];
  },
): void {
  const { decision, verification } = o;
  const { citations, coverage, measures, sentences } = verification;
  const method =
    verification.method === "lexical" ? "Text-matched." : "Judged by a model where code left it to judgement.";
  for (const { id, uri, unreachable } of o.sources) {
    terminal.print(
      `${id}  ${plain(uri)}${unreachable === undefined ? "" : `  could not be read: ${plain(unreachable)}`}`,
    );
  }
  for (const { uri, reason } of o.skipped) terminal.note(`${plain(uri)} was passed over. ${plain(reason)}`);
  terminal.print("");
  for (const { how, before, after, why } of o.changes) {
    terminal.print(
      `${how.replace("_", " ")}: ${plain(before)}${after === "" ? "" : `\n  now: ${plain(after)}`}\n  ${plain(why)}`,
    );
  }
  if (o.notReworded !== undefined) terminal.note(plain(o.notReworded));
  for (const { verdict, text, checks } of sentences) {
    if (verdict === "supported") continue;
    terminal.print(`${verdict}: ${plain(text)}`);
    for (const { id, detail } of checks.filter(({ passed }) => !passed))
      terminal.print(`  ${plain(id)}: ${plain(detail)}`);
  }
  for (const { code, message } of verification.problems) {
    if (code === "model_failed" || code === "check_failed" || code === "other_language") terminal.print(plain(message));
  }
  for (const { text } of verification.uncited) terminal.print(`uncited: ${plain(text)}`);
  terminal.print(
    `${citations.supported} of ${citations.total} citations are supported, ${coverage.cited} of ${coverage.worth} sentences that state something cite. ` +
      `Precision ${percent(measures.precision)}, recall ${percent(measures.recall)}, sources not to be read ${percent(measures.unreachable)}. ${method}`,
  );
  terminal.print(decision.pass ? "The draft passes." : `The draft does not pass. ${plain(decision.message)}`);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
