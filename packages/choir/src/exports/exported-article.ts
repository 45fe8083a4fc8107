import { plainLine } from "../articles/article.js";
import type { Article } from "../articles/stored-article.js";
import type { DocumentFacts } from "./document.js";

/** An article with the titles of those that it cites: all that an export is made from, so that the same article gives the same bytes. */
export interface ExportedArticle {
  article: Article;
  /** By article id; one that is not in here is named by its id alone. */
  cited: Readonly<Record<string, { title: string; author: string }>>;
}

/** When it was first published where it comes from, otherwise when this version was published here; ISO 8601. */
export function dateOf({ imported, createdAt }: Article): string {
  return imported?.date ?? createdAt;
}

/** The address of exactly this version. */
export function addressOf({ id, version }: Article): string {
  return `/articles/${id}@${version}`;
}

/** What a reader has to know first, if the author has taken the article back. */
export function retractionOf({ retracted }: Article): string | undefined {
  return retracted && `Retracted by its author on ${retracted.at.slice(0, 10)}: ${plainLine(retracted.reason)}`;
}

/** What stands around the text where it is laid out. */
export function documentOf(article: Article): DocumentFacts {
  const { title, author, language, tags } = article;
  const retraction = retractionOf(article);
  return {
    ...{ title, author, language, tags, date: dateOf(article), lines: factsOf(article) },
    ...(retraction !== undefined && { notice: { text: retraction, label: "Retracted" } }),
  };
}

/** What stands under the title, each as one plain line. */
function factsOf(article: Article): string[] {
  const { authorKey, licence, tags, language, imported } = article;
  return [
    plainLine(article.author),
    `Published ${dateOf(article).slice(0, 10)}`,
    ...(imported === undefined ? [] : [`Imported ${article.createdAt.slice(0, 10)} by the holder of the key below`]),
    ...(licence === undefined ? [] : [`Licence ${licence}`]),
    ...(language === undefined ? [] : [`Language ${language}`]),
    ...(tags.length === 0 ? [] : [`Tags ${tags.join(", ")}`]),
    `Address ${addressOf(article)}`,
    authorKey === undefined ? "Unsigned, of an earlier release" : `Signed with the key ${authorKey}`,
  ];
}
