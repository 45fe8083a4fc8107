import type { Backbone } from "@vibewriter/backbone";
import type { z } from "zod";
import type { Choir } from "../../choir.js";
import { ChoirError } from "../../errors.js";
import { articleRequest, PART, queryRequest } from "./contract.js";

const SUBJECT = "kb.search.*";

/**
 * Answers what is asked on `kb.search.query` and `kb.search.article`, for all accounts that share the Choir; see the contract. Undefined
 * where another account keeps it, which serves it.
 */
export async function serveSearch(
  backbone: Pick<Backbone, "serveChoir">,
  choir: Pick<Choir, "search" | "get" | "isShared">,
  onError?: (error: unknown) => void,
): Promise<AsyncDisposable | undefined> {
  return await backbone.serveChoir({
    subject: SUBJECT,
    isShared: choir.isShared,
    handle: (name, request) => answer(choir, name, request),
    codeOf: (error) => (error instanceof ChoirError ? error.code : undefined),
    onError,
  });
}

async function answer(choir: Pick<Choir, "search" | "get">, name: string, request: unknown): Promise<object> {
  if (name === "query") {
    const { query, ...o } = parse(queryRequest, request);
    return { hits: await choir.search(query, o) };
  }
  if (name === "article") {
    const { article, from } = parse(articleRequest, request);
    const found = await choir.get(article);
    const end = endOf(found.markdown, from);
    const next = end < found.markdown.length ? end : null;
    return { article: { ...found, markdown: found.markdown.slice(from, end) }, from, next };
  }
  throw new ChoirError("invalid_query", `There is no kb.search.${name}; ask kb.search.query or kb.search.article.`);
}

/** Not between the two halves of a character. */
function endOf(text: string, from: number): number {
  const end = from + PART;
  return /[\uDC00-\uDFFF]/.test(text[end] ?? "") ? end - 1 : end;
}

function parse<S extends z.ZodType>(schema: S, request: unknown): z.output<S> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the request";
  throw new ChoirError("invalid_query", `What is asked is not in the right form (${where}: ${issue?.message}).`);
}
