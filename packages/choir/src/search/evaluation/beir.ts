import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { ChoirError } from "../../errors.js";
import type { Judgements } from "./measures.js";

/** A document of a collection; `title` may be empty. */
export interface CollectionDocument {
  id: string;
  title: string;
  text: string;
}

/** A question with its judgements; questions that nobody judged are left out. */
export interface CollectionQuestion {
  id: string;
  text: string;
  judgements: Judgements;
}

const documentSchema = z.object({ _id: z.string(), title: z.string().optional(), text: z.string() });
const questionSchema = z.object({ _id: z.string(), text: z.string() });

/**
 * The documents of a folder in the layout of BEIR (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`.
 * @throws ChoirError `bad_collection` that names the file and the line
 */
export async function* documentsOf(folder: string): AsyncGenerator<CollectionDocument> {
  for await (const { _id, title = "", text } of jsonLines(join(folder, "corpus.jsonl"), documentSchema)) {
    yield { id: _id, title, text };
  }
}

/** The judged questions of the folder, in the order of `queries.jsonl`. @throws ChoirError `bad_collection` */
export async function questionsOf(folder: string): Promise<CollectionQuestion[]> {
  const judgements = await readJudgements(join(folder, "qrels", "test.tsv"));
  const questions: CollectionQuestion[] = [];
  for await (const { _id, text } of jsonLines(join(folder, "queries.jsonl"), questionSchema)) {
    const judged = judgements.get(_id);
    if (judged) questions.push({ id: _id, text, judgements: judged });
  }
  if (questions.length > 0) return questions;
  throw new ChoirError(
    "bad_collection",
    `No question of ${folder} is judged: see its queries.jsonl and qrels/test.tsv.`,
  );
}

/** `query-id`, `corpus-id` and `score`, with tabs in between and one line of names on top. */
async function readJudgements(path: string): Promise<Map<string, Map<string, number>>> {
  const all = new Map<string, Map<string, number>>();
  for await (const { number, line } of linesOf(path)) {
    const [question, document, grade, ...rest] = line.split("\t");
    if (number === 1 && grade?.trim() === "score") continue;
    if (!question || !document || rest.length > 0 || !/^-?\d+\s*$/.test(grade ?? "")) {
      throw new ChoirError(
        "bad_collection",
        `${path}, line ${number}: not query-id, corpus-id and a whole score with tabs in between.`,
      );
    }
    const judged = all.get(question) ?? new Map<string, number>();
    // A question without any relevant document says nothing about a ranking.
    if (Number(grade) > 0) all.set(question, judged);
    judged.set(document, Number(grade));
  }
  return all;
}

async function* jsonLines<T>(path: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  for await (const { number, line } of linesOf(path)) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new ChoirError("bad_collection", `${path}, line ${number}: not JSON.`, { cause });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new ChoirError("bad_collection", `${path}, line ${number}: ${issue?.path.join(".")} ${issue?.message}.`, {
        cause: parsed.error,
      });
    }
    yield parsed.data;
  }
}

async function* linesOf(path: string): AsyncGenerator<{ number: number; line: string }> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== "") yield { number, line };
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ChoirError(
      "bad_collection",
      `${path} cannot be read (${why}): a collection is a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv.`,
      { cause },
    );
  }
}
