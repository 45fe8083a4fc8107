import { plainLine } from "../articles/article.js";
import { addressOf, dateOf, type ExportedArticle, retractionOf } from "./exported-article.js";
import { safeText } from "./safe-text.js";

/** The article as CSL-JSON 1.0: a list of one item, as reference managers read it. */
export function cslJson({ article }: ExportedArticle): string {
  const { id, version, title, author, tags, language, licence } = article;
  const retraction = retractionOf(article);
  const item = {
    id: `choir-${id}`,
    type: "article",
    title: safeText(retraction === undefined ? title : `Retracted: ${title}`),
    author: [{ literal: safeText(plainLine(author)) }],
    issued: { "date-parts": [dateOf(article).slice(0, 10).split("-").map(Number)] },
    publisher: "Choir knowledge base",
    number: addressOf(article),
    version,
    ...(retraction !== undefined && { note: safeText(retraction) }),
    ...(tags.length > 0 && { keyword: tags.join(", ") }),
    ...(language !== undefined && { language }),
    ...(licence !== undefined && { license: licence }),
  };
  return `${JSON.stringify([item], undefined, 2)}\n`;
}
