import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { ClassFigures, Figures, Judged, Label } from "@vibewriter/evidence";
import { codeOf } from "@vibewriter/server";
import type { Context } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode, UsageError } from "../../exit.js";
import { interruption } from "../../interrupt.js";
import { table } from "../../view/table.js";
import { working } from "../../view/working.js";
import { judgesOf } from "./judges.js";

const FALSE_REJECTS = 0.1;
const REPORTED_EVERY = 50;
/** Rows before a model at the same time. */
const JUDGED_AT_ONCE = 8;
/** After as many rows one after the other that a model has not judged it is not asked any more: each may take a minute. */
const MOST_FAILURES = 3;

/**
 * `vibewriter verify --eval FILE`: how well the check of the text judges labelled rows. In this process; the home and its server
 * are not touched. The file is streamed: of a row only its label and its score are kept.
 * @param o.threshold from which score on, 0 to 1, a row counts as attributable
 * @param o.model judges the rows, too, as it does drafts: what code has found out stands. Rows that it does not judge are none of its figures
 */
export async function verifyEval(
  context: Context,
  file: string,
  o: { threshold: number; model?: string },
): Promise<ExitCode> {
  // Only this command judges itself; the others stay light.
  const { attributionOfText, bearsOut, falseAcceptsAt, figuresAt, rowsOf } = await import("@vibewriter/evidence");
  const { terminal } = context;
  using interrupt = interruption();
  const judges = await judgesOf(context, o.model);
  const judged: Judged[] = [];
  const byModel: Judged[] = [];
  const underWay = new Set<Promise<void>>();
  const judge = async (row: { claim: string; reference: string; label: Label }): Promise<void> => {
    if (judges === undefined || inARow >= MOST_FAILURES) return;
    const asked = { judge: judges.entail, signal: interrupt.signal };
    const { holds, notJudged } = await bearsOut(row.claim, row.reference, asked);
    inARow = notJudged === undefined ? 0 : inARow + 1;
    if (notJudged === undefined) byModel.push({ label: row.label, score: holds ? 1 : 0 });
    else why = notJudged;
  };
  let inARow = 0;
  let why: string | undefined;
  let spent = 0;
  let howFar = "";
  {
    using _shown = working(terminal, `Judging ${plain(file)}`, () => howFar);
    for await (const row of rowsOf(linesOf(resolve(context.cwd, file), file))) {
      const { claim, reference, label } = row;
      if (underWay.size >= JUDGED_AT_ONCE) await Promise.race(underWay);
      const asked = judge(row).finally(() => underWay.delete(asked));
      underWay.add(asked);
      const start = performance.now();
      judged.push({ label, score: attributionOfText(claim, reference) });
      spent += performance.now() - start;
      if (judged.length % REPORTED_EVERY !== 0) continue;
      howFar = `${judged.length} rows`;
      // Lines come in many at a time: without a pause nothing is drawn, and Ctrl-C is not heard.
      await new Promise(setImmediate);
      if (interrupt.signal.aborted) return EXIT.interrupted;
    }
  }
  await Promise.all(underWay);
  if (judged.length === 0)
    throw new UsageError(`There are no rows in ${plain(file)}; name a JSONL file that has some.`);
  const notJudged = judged.length - byModel.length;
  const evaluation = {
    method: "lexical" as const,
    ...figuresAt(judged, o.threshold),
    falseAccepts: { ...falseAcceptsAt(judged, FALSE_REJECTS), chosenOn: "these rows" as const },
    msPerRow: spent / judged.length,
    ...(judges !== undefined && { model: { name: o.model, ...figuresAt(byModel, 1), notJudged, why } }),
  };
  if (terminal.json) terminal.printJson(evaluation);
  else report(context, evaluation);
  return evaluation.model === undefined || notJudged === 0 ? EXIT.done : EXIT.failed;
}

async function* linesOf(path: string, file: string): AsyncGenerator<string> {
  const stream = createReadStream(path, "utf8");
  try {
    // Without this the reader would wait for lines that an error keeps from coming.
    await new Promise<void>((ready, failed) => stream.once("ready", () => ready()).once("error", failed));
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT") throw new UsageError(`There is no file ${plain(file)}; name a JSONL file of rows.`);
    if (code === "EISDIR") throw new UsageError(`${plain(file)} is a folder; name a JSONL file of rows.`);
    if (code === "EACCES") throw new UsageError(`${plain(file)} cannot be read; change its permissions.`);
    throw cause;
  } finally {
    stream.destroy();
  }
}

type Evaluation = Figures & {
  falseAccepts: { falseRejects: number; threshold: number; falseAccepts: number };
  msPerRow: number;
  /** The same rows by a model, where one was named. */
  model?: Figures & { name?: string; notJudged: number; why?: string };
};

function report({ terminal }: Context, evaluation: Evaluation): void {
  const { rows, threshold, falseAccepts, msPerRow, model } = evaluation;
  const print = (lines: string[][]): void => {
    for (const line of table(lines, terminal.outColumns)) terminal.print(line);
  };
  const show = ({ confusion, attributable, notAttributable, macroF1 }: Figures): void => {
    terminal.print("");
    print([
      ["", "precision", "recall", "F1"],
      ["attributable", ...cells(attributable)],
      ["not attributable", ...cells(notAttributable)],
      ["macro-F1", "", "", macroF1.toFixed(3)],
    ]);
    terminal.print("");
    const counts = (of: Record<string, number>): string[] => [of.attributable, of["not attributable"]].map(String);
    print([
      ["people say", "judged attributable", "judged not attributable"],
      ["attributable", ...counts(confusion.attributable)],
      ["not attributable", ...counts(confusion["not attributable"])],
    ]);
    terminal.print("");
  };
  terminal.print(`${rows} rows, text-matched (no model), threshold ${threshold}, ${msPerRow.toFixed(1)} ms a row`);
  show(evaluation);
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  terminal.print(
    `At ${share(falseAccepts.falseRejects)} false rejects: ${share(falseAccepts.falseAccepts)} false accepts, ` +
      `threshold ${falseAccepts.threshold.toFixed(3)}, chosen on these rows themselves.`,
  );
  if (model === undefined) return;
  const name = plain(model.name ?? "a model");
  if (model.rows > 0) {
    terminal.print("");
    terminal.print(`${model.rows} rows, judged by ${name} where code leaves it to judgement`);
    show(model);
  }
  if (model.notJudged === 0) return;
  terminal.note(
    `${name} did not judge ${model.notJudged} of ${rows} rows, which are none of its figures. ${plain(model.why ?? "")}`,
  );
}

function cells({ precision, recall, f1 }: ClassFigures): string[] {
  return [precision, recall, f1].map((value) => value.toFixed(3));
}
