import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { GateDecision, Verification } from "@vibewriter/evidence";
import type { Context } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { existing } from "../../paths.js";
import { readDraft } from "../publish.js";
import { sourceTexts } from "./source-texts.js";

/**
 * `vibewriter verify DRAFT --sources DIR`: what the gate would say to a draft. The sources are numbered in their order, as `vibewriter publish`
 * does; nothing is kept and nothing is published. Without documents such as PDFs the home and its server are not touched.
 * @param o.output a folder for `verification.json` and `verification.md`
 */
export async function verifyDraft(
  context: Context,
  file: string,
  o: { sources: readonly string[]; output?: string },
): Promise<ExitCode> {
  const draft = await readDraft(resolve(context.cwd, file), file);
  const { sources, skipped } = await sourceTexts(context, await existing(context.cwd, o.sources));
  // Only this command checks drafts itself; the others stay light.
  const { gate, readableReport, reportOn } = await import("@vibewriter/evidence");
  const verification = await reportOn(draft, sources);
  const decision = gate(verification, draft);
  if (o.output !== undefined) {
    const folder = resolve(context.cwd, o.output);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "verification.json"), `${JSON.stringify(verification, null, 2)}\n`);
    await writeFile(join(folder, "verification.md"), readableReport(verification, decision));
  }
  const about = sources.map(({ id, uri, unreachable }) => ({ id, uri, unreachable }));
  if (context.terminal.json) context.terminal.printJson({ decision, verification, sources: about, skipped });
  else show(context, { decision, verification, sources: about, skipped });
  return decision.pass ? EXIT.done : EXIT.failed;
}

function show(
  { terminal }: Context,
  o: {
    decision: GateDecision;
    verification: Verification;
    sources: readonly { id: string; uri: string; unreachable?: string }[];
    skipped: readonly { uri: string; reason: string }[];
  },
): void {
  const { decision, verification } = o;
  const { citations, coverage, measures, sentences } = verification;
  for (const { id, uri, unreachable } of o.sources) {
    terminal.print(
      `${id}  ${plain(uri)}${unreachable === undefined ? "" : `  could not be read: ${plain(unreachable)}`}`,
    );
  }
  for (const { uri, reason } of o.skipped) terminal.note(`${plain(uri)} was passed over. ${plain(reason)}`);
  terminal.print("");
  for (const { verdict, text, checks } of sentences) {
    if (verdict === "supported") continue;
    terminal.print(`${verdict}: ${plain(text)}`);
    for (const { id, detail } of checks.filter(({ passed }) => !passed))
      terminal.print(`  ${plain(id)}: ${plain(detail)}`);
  }
  for (const { text } of verification.uncited) terminal.print(`uncited: ${plain(text)}`);
  terminal.print(
    `${citations.supported} of ${citations.total} citations are supported, ${coverage.cited} of ${coverage.worth} sentences that state something cite. ` +
      `Precision ${percent(measures.precision)}, recall ${percent(measures.recall)}, sources not to be read ${percent(measures.unreachable)}. Text-matched.`,
  );
  terminal.print(decision.pass ? "The draft passes." : `The draft does not pass. ${plain(decision.message)}`);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
