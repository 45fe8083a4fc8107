import { type CslItem, partsOf } from "./csl.js";
import { inverted } from "./names.js";

const ENTRY: Readonly<Record<CslItem["type"], string>> = {
  article: "misc",
  "article-journal": "article",
  book: "book",
  dataset: "misc",
  document: "misc",
  "paper-conference": "inproceedings",
  report: "techreport",
  webpage: "misc",
};

/** References as one BibTeX file in UTF-8, an entry for each under its id. */
export function bibtexOf(items: readonly CslItem[]): string {
  return items.map(entryOf).join("\n");
}

function entryOf(item: CslItem): string {
  const { type, id, title, author, issued, edition, volume, issue, page, number, publisher, version } = item;
  const { year, month } = partsOf(issued);
  const container = item["container-title"];
  const where = { article: "journal", inproceedings: "booktitle" }[ENTRY[type]] ?? "howpublished";
  const fields = {
    // Braces within keep the capitals as they are.
    title: title && `{${escapeTex(title)}}`,
    author: author
      ?.map((name) => (name.family ? escapeTex(inverted(name)) : `{${escapeTex(name.literal ?? "")}}`))
      .join(" and "),
    year: year?.toString(),
    month: month?.toString(),
    [where]: container && escapeTex(container),
    [ENTRY[type] === "techreport" ? "institution" : "publisher"]: publisher && escapeTex(publisher),
    edition: edition && escapeTex(edition),
    volume: volume && escapeTex(volume),
    number: escapeTex(issue ?? number ?? ""),
    pages: page?.replace(/[-–]+/, "--"),
    version: version && escapeTex(version),
    doi: item.DOI && escapeTex(item.DOI),
    url: item.URL && escapeTex(item.URL),
    note: [item.archive_location, item.note]
      .filter((part) => part !== undefined)
      .map(escapeTex)
      .join(". "),
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value ? [`  ${name} = {${value}},`] : []));
  return `@${ENTRY[type]}{${id},\n${lines.join("\n")}\n}\n`;
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
  return text
    .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, " ")
    .replace(/[\\{}$&#%_^~]/g, (sign) => TEX[sign] ?? `\\${sign}`);
}
