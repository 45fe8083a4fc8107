import { type CslItem, partsOf } from "../csl.js";
import { monthDay, monthDayYear } from "../dates.js";
import { italic, pages, plain, sentences } from "../markup.js";
import { invertedInitials, row, short } from "../names.js";
import type { CitationStyle, Place } from "../style.js";
import { shortTitle } from "../title.js";
import { addressOf, containerOf, isPart, ordinal, publisherOf, UNTITLED } from "./locators.js";

/** Authors of a list up to here are all named; of more the first 19 and the last. */
const MOST_LISTED = 20;

/** APA, 7th edition (Publication Manual, chapters 8 to 10). Titles keep the capitals that the source gives them. */
export const apa: CitationStyle = {
  system: "author-date",
  listTitle: "References",
  isSorted: true,
  mostNames: 2,
  reference,
  authors(item, names) {
    const { author = [] } = item;
    if (author.length === 0) {
      const title = shortTitle(item.title ?? UNTITLED);
      return isPart(item) ? `“${plain(title)}”` : italic(title);
    }
    const named = author.slice(0, names);
    const forms = { first: short, rest: short };
    if (named.length < author.length) return `${plain(named.map(short).join(", "))} et al.`;
    return plain(row(named, forms, { and: "&", pairComma: false }));
  },
  inText: (label, item, place) => `${label}, ${yearOf(item, place)}`,
};

function reference(item: CslItem, place: Place): string {
  const { author = [] } = item;
  const title = titleOf(item);
  const date = `\\(${dateOf(item, place)}\\)`;
  const head = author.length > 0 ? [`${authorsOf(item)} ${date}`, title] : [title, date];
  return sentences([...head, ...sourceOf(item)]);
}

function authorsOf({ author = [] }: CslItem): string {
  const forms = { first: invertedInitials, rest: invertedInitials };
  if (author.length > MOST_LISTED) {
    const first = author.slice(0, MOST_LISTED - 1).map(invertedInitials);
    return `${plain(first.join(", "))}, . . . ${plain(author.slice(-1).map(invertedInitials).join())}`;
  }
  const names = plain(row(author, forms, { and: "&", pairComma: author.some(({ family }) => family !== undefined) }));
  return names.endsWith(".") ? names : `${names}.`;
}

function dateOf(item: CslItem, place: Place): string {
  const year = yearOf(item, place);
  // Journals, books and reports have years; pages and data that change have days.
  const day = item.type === "webpage" || item.type === "article" ? monthDay(item.issued) : "";
  return day === "" ? year : `${year}, ${day}`;
}

function yearOf({ issued }: CslItem, { yearSuffix = "" }: Place): string {
  const { year } = partsOf(issued);
  if (year === undefined) return yearSuffix === "" ? "n.d." : `n.d.-${yearSuffix}`;
  return `${year}${yearSuffix}`;
}

function titleOf(item: CslItem): string {
  const { title, edition, number, version, type } = item;
  if (title === undefined) return `\\[${UNTITLED}\\]`;
  if (isPart(item)) return plain(title);
  const details = [
    edition === undefined ? undefined : `${ordinal(edition)} ed.`,
    type === "report" || type === "dataset" ? number : undefined,
    version === undefined || type !== "dataset" ? undefined : `Version ${version}`,
  ].filter((detail) => detail !== undefined);
  const behind = details.length > 0 ? ` \\(${plain(details.join("; "))}\\)` : "";
  return `${italic(title)}${behind}${type === "dataset" ? " \\[Data set\\]" : ""}`;
}

function sourceOf(item: CslItem): (string | undefined)[] {
  const { type, volume, issue, page, accessed, issued } = item;
  const address = addressOf(item);
  const container = containerOf(item);
  if (type === "article-journal") {
    const number = volume === undefined ? "" : `, ${italic(volume)}`;
    const part = issue === undefined ? "" : `\\(${plain(issue)}\\)`;
    const from = page === undefined ? "" : `, ${pages(page)}`;
    return [container && `${italic(container)}${number}${part}${from}`, address];
  }
  if (type === "paper-conference") {
    const from = page === undefined ? "" : ` \\(pp. ${pages(page)}\\)`;
    return [container && `In ${italic(container)}${from}`, plain(publisherOf(item) ?? ""), address];
  }
  const names = [type === "webpage" ? container : undefined, publisherOf(item)].map((name) => plain(name ?? ""));
  // Where no date says which version it was, the day says it.
  const isRead = issued === undefined && accessed !== undefined && item.URL !== undefined && item.DOI === undefined;
  if (isRead) return [...names, `Retrieved ${monthDayYear(accessed)}, from ${address}`];
  return [...names, address];
}
