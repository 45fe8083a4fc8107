import { plainLine } from "../articles/article.js";
import { addressOf, dateOf, type ExportedArticle, retractionOf } from "./exported-article.js";
import { safeText } from "./safe-text.js";

/** The article as one BibTeX entry in UTF-8, as biber and every program of the last ten years read it. */
export function bibtexEntry({ article }: ExportedArticle): string {
  const { id, version, title, author, tags, language, licence } = article;
  const date = dateOf(article);
  const retraction = retractionOf(article);
  const fields = {
    title: `{${escapeTex(retraction === undefined ? title : `Retracted: ${title}`)}}`,
    author: `{${escapeTex(plainLine(author))}}`,
    year: date.slice(0, 4),
    month: String(Number(date.slice(5, 7))),
    howpublished: "Choir knowledge base",
    note: [retraction, addressOf(article)]
      .filter((part) => part !== undefined)
      .map(escapeTex)
      .join(". "),
    eprint: `${id}@${version}`,
    eprinttype: "choir",
    ...(tags.length > 0 && { keywords: tags.map(escapeTex).join(", ") }),
    ...(language !== undefined && { langid: escapeTex(language) }),
    ...(licence !== undefined && { license: escapeTex(licence) }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}},`);
  return `@misc{choir-${id},\n${lines.join("\n")}\n}\n`;
}

const TEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
};

/** Braces would end the value, the other signs would be commands. */
function escapeTex(text: string): string {
  return safeText(text).replace(/[\\{}$&#%_^~]/g, (sign) => TEX[sign] ?? `\\${sign}`);
}
