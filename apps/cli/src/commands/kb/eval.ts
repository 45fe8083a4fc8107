import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Evaluation, Rankings } from "@vibewriter/choir";
import type { Context } from "../../context.js";
import { plain } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { table } from "../../view/table.js";
import { working } from "../../view/working.js";

/** `vibewriter kb eval FOLDER`: in an index of its own that is gone afterwards; the home and its server are not touched. */
export async function kbEval(
  context: Context,
  source: string,
  o: { typos?: number; embedder: string },
): Promise<ExitCode> {
  const { terminal, env } = context;
  // Only this command has an index itself; the others stay light.
  const { evaluate, openEmbedder, SqliteIndex } = await import("@vibewriter/choir");
  const folder = resolve(context.cwd, source);
  const { VIBEWRITER_EMBEDDER_KEY: key, VIBEWRITER_EMBEDDER_URL: baseUrl } = env;
  const embedder = await openEmbedder(o.embedder, { env, ...(key && { key }), ...(baseUrl && { baseUrl }) });
  const place = await mkdtemp(join(tmpdir(), "vibewriter-eval-"));
  try {
    let howFar = "";
    using _shown = working(terminal, `Measuring ${plain(source)}`, () => howFar);
    await using index = await SqliteIndex.open(join(place, "index.sqlite"), embedder);
    const evaluation = await evaluate({
      folder,
      index,
      embedder,
      typos: o.typos,
      onProgress: (done) => {
        howFar = "documents" in done ? `${done.documents} documents` : `${done.questions} of ${done.of} questions`;
      },
    });
    report(context, evaluation);
    return EXIT.done;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function report({ terminal }: Context, evaluation: Evaluation): void {
  if (terminal.json) {
    terminal.printJson(evaluation);
    return;
  }
  const { documents, questions, model, clean, typos } = evaluation;
  terminal.print(`${documents} documents, ${questions} questions, embedder ${plain(model)}`);
  const rows = [
    ["", "nDCG@10", "recall@100", "MRR@10"],
    ...rowsOf(clean),
    ...(typos ? rowsOf(typos, ", one typo each") : []),
  ];
  for (const line of table(rows, terminal.outColumns)) terminal.print(line);
}

function rowsOf({ bm25, dense, hybrid }: Rankings, more = ""): string[][] {
  return Object.entries({ bm25, dense, hybrid }).map(([name, { ndcg10, recall100, mrr10 }]) => [
    name + more,
    ...[ndcg10, recall100, mrr10].map((value) => value.toFixed(4)),
  ]);
}
