import type Database from "better-sqlite3";
import { ChoirError } from "../errors.js";

/** Hexadecimal digits that name something as long as no other one begins with them. */
const PREFIX = /^[0-9a-f]{4,64}$/;

/**
 * What `<id>` or `<id>@<version>` names, each in full or by its beginning: the row of the article and that of the version, by default the
 * one that stands.
 * @throws ChoirError `unknown_article` or `ambiguous_id`
 */
export function resolveReference(db: Database.Database, reference: string): { article: number; seq: number } {
  const [id = "", version, ...more] = reference.split("@");
  if (!PREFIX.test(id) || more.length > 0) throw unknownArticle(reference);
  const articles = db
    .prepare<[string, string], { name: string; article: number; seq: number }>(
      "SELECT id AS name, seq AS article, version_seq AS seq FROM articles WHERE id >= ? AND id < ? ORDER BY id LIMIT 3",
    )
    .all(id, `${id}g`);
  const found = onlyOne(id, reference, articles, "article ids");
  if (version === undefined) return found;
  if (!PREFIX.test(version)) throw unknownArticle(reference);
  const versions = db
    .prepare<[number, number], { name: string; article: number; seq: number }>(
      `SELECT publication ->> '$.version' AS name, seq AS article, version_seq AS seq FROM articles WHERE seq = ?
       UNION ALL SELECT publication ->> '$.version' AS name, article, seq FROM former_versions WHERE article = ?`,
    )
    .all(found.article, found.article)
    .filter(({ name }) => name.startsWith(version));
  return onlyOne(version, reference, versions, "versions");
}

export function unknownArticle(reference: string): ChoirError {
  const shown = JSON.stringify(reference.slice(0, 120));
  return new ChoirError("unknown_article", `There is no article ${shown}: look for its id with a search.`);
}

function onlyOne<T extends { name: string }>(prefix: string, reference: string, found: readonly T[], what: string): T {
  const [only, ...others] = found;
  if (only === undefined) throw unknownArticle(reference);
  if (others.length === 0) return only;
  const examples = found
    .slice(0, 3)
    .map(({ name }) => name)
    .join(", ");
  throw new ChoirError("ambiguous_id", `"${prefix}" begins several ${what} (${examples}): write more of it.`);
}
