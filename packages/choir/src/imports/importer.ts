import { stat } from "node:fs/promises";
import { canonicalJson, hash, type PublishRequest } from "../articles/article.js";
import type { Signer } from "../articles/signer.js";
import type { Choir } from "../choir.js";
import { ChoirError } from "../errors.js";
import { type ImportedDocument, type ImportProblem, invalid } from "./document.js";
import { jsonLines } from "./json-lines.js";
import { isMarkdownFile, markdownFile, markdownFolder } from "./markdown-files.js";

export interface ImportRequest {
  /** A folder of Markdown, one Markdown file, or a file of JSON Lines. */
  path: string;
  /** Who is named where a text names nobody. */
  author: string;
  /** For texts that say nothing of it. */
  licence?: string;
  /** In addition to those of each text. */
  tags?: string[];
  /** Says what would happen and writes nothing. */
  dryRun?: boolean;
}

export interface ImportOptions {
  onProgress?: (soFar: ImportReport) => void;
  signal?: AbortSignal;
}

export interface ImportReport {
  /** Articles that were published, or would be. */
  published: number;
  /** Those that an earlier import had published. */
  already: number;
  failed: number;
  /** What failed, the first of them. */
  problems: ImportProblem[];
}

/** Articles on their way at once, and characters of them. */
const BATCH = 128;
const BATCH_LENGTH = 4 * 2 ** 20;
const MOST_PROBLEMS = 100;

/**
 * Publishes texts that were written elsewhere, each once: an article's key is made from the text, what is said of it, where it lies and who
 * imports it, so that an import that was broken off, or is made again, goes on where it was. What is wrong with one text stops no other.
 * @param signer of whoever imports, and answers for it
 * @throws ChoirError `invalid_import` if there is nothing to import, what the signer throws, and what stops all, such as BackboneError `unavailable`
 */
export async function importArticles(
  choir: Choir,
  request: ImportRequest,
  signer: Signer,
  { onProgress, signal }: ImportOptions = {},
): Promise<ImportReport> {
  const report: ImportReport = { published: 0, already: 0, failed: 0, problems: [] };
  const fail = (problem: ImportProblem): void => {
    report.failed += 1;
    if (report.problems.length < MOST_PROBLEMS) report.problems.push(problem);
  };
  let batch: ImportedDocument[] = [];
  const flush = async (): Promise<void> => {
    const requests = batch.map((document) => requestOf(document, request, signer));
    const outcomes = await choir.publishMany(requests, signer, { dryRun: request.dryRun });
    for (const [i, outcome] of outcomes.entries()) {
      if ("error" in outcome) fail({ from: batch[i]?.from ?? "", problem: outcome.error.message });
      else if (outcome.first) report.published += 1;
      else report.already += 1;
    }
    batch = [];
    onProgress?.({ ...report, problems: [...report.problems] });
  };
  let length = 0;
  for await (const found of await documentsAt(request.path)) {
    signal?.throwIfAborted();
    if ("problem" in found) {
      fail(found);
      continue;
    }
    batch.push(found);
    length += found.markdown.length;
    if (batch.length < BATCH && length < BATCH_LENGTH) continue;
    await flush();
    length = 0;
  }
  await flush();
  return report;
}

async function documentsAt(path: string): Promise<AsyncIterable<ImportedDocument | ImportProblem>> {
  const found = await stat(path).catch((cause) => {
    throw invalid(`${path} cannot be read: name a folder of Markdown or a file of JSON Lines.`, cause);
  });
  if (found.isDirectory()) return markdownFolder(path);
  if (isMarkdownFile(path)) return one(markdownFile(path));
  if (/\.(?:jsonl|ndjson|json)$/i.test(path)) return jsonLines(path);
  throw new ChoirError("invalid_import", `${path} is neither a folder nor named .md or .jsonl: import such a file.`);
}

async function* one<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

function requestOf(document: ImportedDocument, o: ImportRequest, signer: Signer): PublishRequest {
  const { markdown, title, language, url, from, date } = document;
  const request = {
    ...{ markdown, title, language },
    author: document.author ?? o.author,
    licence: document.licence ?? o.licence,
    tags: [...(document.tags ?? []), ...(o.tags ?? [])],
    imported: { from, date },
    sources: url === undefined ? [] : [{ id: "origin", uri: url, sha256: hash(markdown) }],
  };
  return { ...request, key: `import:${hash(canonicalJson({ ...request, importer: signer.publicKey }))}` };
}
