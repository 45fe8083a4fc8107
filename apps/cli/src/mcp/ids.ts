import { z } from "zod";
import { plain } from "../escape.js";
import { Refusal } from "./answer.js";

/** How a tool is told an article; longer than any id, so that a wrong one is answered in our words. */
export const articleId = z.string().trim().min(1).max(200);

/** The id in `<id>`, `choir:<id>` or an article's address. @throws Refusal `unknown_article` for what can be none: it might be a path to the server */
export function idOf(named: string): string {
  const id = named.replace(/^choir:(?:\/\/article\/)?/, "");
  if (/^[0-9a-f]{4,64}(?:@[0-9a-f]{4,64})?$/.test(id)) return id;
  throw new Refusal(
    "unknown_article",
    `There is no article “${plain(named).slice(0, 80)}”; look for its id with search_choir_kb.`,
  );
}
