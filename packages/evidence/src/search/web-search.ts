import { z } from "zod";
import type { Provider } from "./names.js";

/** One hit of a search: something that can be read and then cited. */
export interface WebResult {
  uri: string;
  title: string;
  /** What the provider shows of it, as plain text; a taste, not a source. */
  passage: string;
  /** Published, as the provider says. */
  date?: string;
  /** Where the whole text is, if `uri` shows only a part of it. */
  fullText?: string;
}

/** A search provider, by name. */
export interface WebSearch {
  readonly provider: Provider;
  /**
   * @param o.limit hits at most, 1 to 20
   * @throws EvidenceError `search_failed`, `asked_to_wait`, `timed_out`
   */
  search(query: string, o: { limit: number; signal?: AbortSignal }): Promise<WebResult[]>;
}

/** Characters of a query that are sent; services refuse more. */
export const MOST_QUERY = 400;
/** Characters of a passage that are kept. */
export const MOST_PASSAGE = 2_000;

/** The rows of an answer that have the form that is documented: one hit of another form, such as a magnet link, takes nothing from the others. */
export function rowsOf<T>(row: z.ZodType<T>) {
  return z.array(z.unknown()).transform((rows, context) => {
    const found = rows.flatMap((one) => {
      const parsed = row.safeParse(one);
      return parsed.success ? [parsed.data] : [];
    });
    if (rows.length > 0 && found.length === 0) context.addIssue("Not one row has the form that is documented.");
    return found;
  });
}
