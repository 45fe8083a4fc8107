import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import {
  asProblem,
  checkBytes,
  decoded,
  type ImportedDocument,
  type ImportProblem,
  invalid,
  parseDetails,
} from "./document.js";

/** Bytes of one line: an article's text, escaped at its worst, and what is said of it. */
const LONGEST_LINE = 16 * 2 ** 20;
/** Characters of a text that stand for a title where there is none. */
const TITLE = 80;

const recordSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  _id: z.union([z.string(), z.number()]).nullish(),
  markdown: z.string().nullish(),
  text: z.string().nullish(),
});

/** One document a line, as `{id?, title?, text or markdown, author?, date?, tags?, licence?, language?, url?}`; a BEIR corpus is one. */
export async function* jsonLines(path: string): AsyncGenerator<ImportedDocument | ImportProblem> {
  const file = basename(path);
  let number = 0;
  for await (const line of linesIn(path)) {
    number += 1;
    const from = `${file}:${number}`;
    if (line !== "too_long" && line.every((byte) => byte <= 0x20)) continue;
    try {
      if (line === "too_long") throw invalid("The line is longer than 16 MiB: split the article.");
      yield documentOf(file, from, decoded(line));
    } catch (error) {
      yield asProblem(from, error);
    }
  }
}

function documentOf(file: string, line: string, json: string): ImportedDocument {
  const record = recordSchema.safeParse(parseJson(json));
  if (!record.success) throw invalid("It is no object with a `text` or a `markdown`.", record.error);
  const { id, _id, markdown, text } = record.data;
  const { title, ...details } = parseDetails(record.data);
  const body = markdown ?? text ?? "";
  checkBytes(Buffer.byteLength(body));
  if (body.trim() === "" && title === undefined) throw invalid("It has neither a text nor a title.");
  const name = id ?? _id;
  return {
    ...details,
    // By its own id if it has one: lines may be added in front of it.
    from: name == null ? line : `${file}#${name}`.slice(0, 1_000),
    title: title ?? beginning(body),
    markdown: body.trim() === "" ? `# ${title}\n` : body,
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw invalid("It is not JSON.", cause);
  }
}

function beginning(text: string): string {
  const line = text.trim().slice(0, 1_000).replace(/\s+/g, " ");
  return line.length <= TITLE ? line : `${line.slice(0, line.lastIndexOf(" ", TITLE) + 1 || TITLE).trim()}…`;
}

/** The lines of a file of any size, in constant memory. */
async function* linesIn(path: string): AsyncGenerator<Buffer | "too_long"> {
  let parts: Buffer[] = [];
  let length = 0;
  const line = (): Buffer | "too_long" => {
    const whole = length > LONGEST_LINE ? "too_long" : Buffer.concat(parts);
    parts = [];
    length = 0;
    return whole;
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield line();
}
