import { type CslItem, partsOf } from "../csl.js";
import { monthDayYear } from "../dates.js";
import { commas, italic, pages, plain, quoted, sentences } from "../markup.js";
import { inverted, row, short, straight } from "../names.js";
import type { CitationStyle, Place } from "../style.js";
import { headline, shortTitle } from "../title.js";
import { addressOf, containerOf, ordinal, publisherOf, UNTITLED } from "./locators.js";

/** Authors of a list up to here are all named; of more the first three. */
const MOST_LISTED = 6;
const LISTED_OF_MORE = 3;

/** The Chicago Manual of Style, 18th edition, chapter 14: author and date. */
export const chicagoAuthorDate: CitationStyle = {
  system: "author-date",
  listTitle: "References",
  isSorted: true,
  mostNames: 2,
  reference: (item, place) => {
    const date = yearOf(item, place);
    const head = item.author?.length ? [listed(item), date, titleOf(item, ".")] : [titleOf(item, "."), date];
    return sentences([...head, ...placeOf(item, "author-date")]);
  },
  authors: inText,
  inText: (label, item, place) => {
    const year = yearOf(item, place);
    return `${label}${year === "n.d." ? "," : ""} ${year}`;
  },
};

/** The same manual, chapter 13: notes and bibliography. A work is noted in full once, then by author and title. */
export const chicagoNotes: CitationStyle = {
  system: "notes",
  listTitle: "Bibliography",
  isSorted: true,
  mostNames: 2,
  reference: (item) => sentences([listed(item), titleOf(item, "."), ...placeOf(item, "bibliography")]),
  authors: inText,
  note: {
    full: (item) => `${fullNote(item)}.`,
    short: (item) => {
      const title = shortTitle(item.title ?? UNTITLED);
      const name = isQuoted(item) ? quoted(headline(title), ".") : `${italic(headline(title))}.`;
      return item.author?.length ? `${inText(item, 2)}, ${name}` : name;
    },
  },
};

function listed({ author = [] }: CslItem): string {
  const isMany = author.length > MOST_LISTED;
  const named = isMany ? author.slice(0, LISTED_OF_MORE) : author;
  if (isMany) return `${plain(named.map((name, i) => (i === 0 ? inverted : straight)(name)).join(", "))}, et al.`;
  return plain(row(named, { first: inverted, rest: straight }, { and: "and", pairComma: true }));
}

function inText(item: CslItem, names: number): string {
  const { author = [] } = item;
  if (author.length === 0) {
    const title = headline(shortTitle(item.title ?? UNTITLED));
    return isQuoted(item) ? quoted(title) : italic(title);
  }
  const named = author.slice(0, names);
  if (named.length < author.length) return `${plain(named.map(short).join(", "))} et al.`;
  return plain(row(named, { first: short, rest: short }, { and: "and" }));
}

function yearOf({ issued }: CslItem, { yearSuffix = "" }: Place): string {
  const { year } = partsOf(issued);
  return year === undefined ? (yearSuffix === "" ? "n.d." : `n.d.-${yearSuffix}`) : `${year}${yearSuffix}`;
}

function isQuoted({ type }: CslItem): boolean {
  return type !== "book" && type !== "report" && type !== "document";
}

function titleOf(item: CslItem, end: string): string {
  const title = headline(item.title ?? UNTITLED);
  return isQuoted(item) ? quoted(title, end) : italic(title);
}

/** What follows the title in the list; with author and date the year has been said. */
function placeOf(item: CslItem, system: "author-date" | "bibliography"): (string | undefined)[] {
  const { type, volume, issue, page, edition, number, issued, version } = item;
  const address = addressOf(item);
  const container = containerOf(item);
  const year = system === "bibliography" ? partsOf(issued).year : undefined;
  switch (type) {
    case "article-journal": {
      const journal = container && italic(headline(container));
      const part = issue === undefined ? "" : year === undefined ? ` \\(${plain(issue)}\\)` : `, no. ${plain(issue)}`;
      const when = year === undefined ? "" : ` \\(${year}\\)`;
      const from = page === undefined ? "" : `: ${pages(page)}`;
      return [journal && `${journal}${volume === undefined ? "" : ` ${plain(volume)}`}${part}${when}${from}`, address];
    }
    case "paper-conference":
      return [
        container && commas([`In ${italic(headline(container))}`, page && pages(page)]),
        commas([plain(publisherOf(item) ?? ""), year?.toString()]),
        address,
      ];
    case "webpage":
    case "article":
    case "dataset":
      return [
        plain(headline(container ?? "")),
        version && `Version ${plain(version)}`,
        plain(publisherOf(item) ?? ""),
        dateLine(item, system),
        address,
      ];
    default:
      return [
        edition && `${plain(ordinal(edition))} ed`,
        number && plain(number),
        commas([plain(publisherOf(item) ?? ""), year?.toString()]),
        address,
      ];
  }
}

/** The day a page is of, or else the day it was read. */
function dateLine({ issued, accessed, URL }: CslItem, system: "author-date" | "bibliography"): string {
  if (issued !== undefined) {
    const isYear = partsOf(issued).month === undefined;
    return system === "author-date" && isYear ? "" : monthDayYear(issued);
  }
  return accessed !== undefined && URL !== undefined ? `Accessed ${monthDayYear(accessed)}` : "";
}

function fullNote(item: CslItem): string {
  const { type, volume, issue, page, edition, number, issued, version } = item;
  const container = containerOf(item);
  const { year } = partsOf(issued);
  const authors = noteAuthors(item);
  const address = addressOf(item);
  if (!isQuoted(item)) {
    const facts = commas([
      edition && `${plain(ordinal(edition))} ed.`,
      number && plain(number),
      plain(publisherOf(item) ?? ""),
      year?.toString(),
    ]);
    return commas([authors, `${titleOf(item, "")}${facts === "" ? "" : ` \\(${facts}\\)`}`, address]);
  }
  const title = titleOf(item, ",");
  const lead = authors === "" ? title : `${authors}, ${title}`;
  if (type === "article-journal") {
    const journal = container === undefined ? "" : italic(headline(container));
    const when = year === undefined ? "" : ` \\(${year}\\)`;
    const rest = `${volume === undefined ? "" : ` ${plain(volume)}`}${issue === undefined ? "" : `, no. ${plain(issue)}`}`;
    return `${lead} ${commas([`${journal}${rest}${when}${page ? `: ${pages(page)}` : ""}`, address])}`;
  }
  if (type === "paper-conference") {
    const facts = commas([plain(publisherOf(item) ?? ""), year?.toString()]);
    const book = container === undefined ? "" : `in ${italic(headline(container))}`;
    return `${lead} ${commas([`${book}${facts === "" ? "" : ` \\(${facts}\\)`}`, page && pages(page), address])}`;
  }
  const date = dateLine(item, "bibliography").replace(/^Accessed/, "accessed");
  const rest = [
    plain(headline(container ?? "")),
    version && `version ${plain(version)}`,
    plain(publisherOf(item) ?? ""),
  ];
  return `${lead} ${commas([...rest, date, address])}`;
}

/** All names of one or two, of more the first. */
function noteAuthors({ author = [] }: CslItem): string {
  const [first] = author;
  if (first === undefined) return "";
  if (author.length > 2) return `${plain(straight(first))} et al.`;
  return plain(row(author, { first: straight, rest: straight }, { and: "and" }));
}
