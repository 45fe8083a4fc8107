import { type CslItem, partsOf } from "../csl.js";
import { dayMonthYear, type Months } from "../dates.js";
import { commas, italic, pages, plain, quoted, sentences } from "../markup.js";
import { inverted, row, short, straight } from "../names.js";
import type { CitationStyle } from "../style.js";
import { headline, shortTitle } from "../title.js";
import { addressOf, containerOf, isPart, ordinal, publisherOf, UNTITLED } from "./locators.js";

const MONTHS: Months = "Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split(" ");

/** MLA, 9th edition (MLA Handbook, chapters 5 and 6): authors in the text, containers in the list. */
export const mla: CitationStyle = {
  system: "author",
  listTitle: "Works Cited",
  isSorted: true,
  mostNames: 2,
  reference,
  authors(item, names) {
    const { author = [] } = item;
    if (author.length === 0) return titleIn(item, shortTitle(item.title ?? UNTITLED));
    const named = author.slice(0, names);
    if (named.length < author.length) return `${plain(named.map(short).join(", "))} et al.`;
    return plain(row(named, { first: short, rest: short }, { and: "and" }));
  },
  inText: (label, item, { isSharedAuthor }) =>
    isSharedAuthor && item.author?.length ? `${label}, ${titleIn(item, shortTitle(item.title ?? UNTITLED))}` : label,
};

function reference(item: CslItem): string {
  const { title, author = [] } = item;
  const name = title === undefined ? UNTITLED : isWhole(item) ? italic(headline(title)) : quoted(headline(title), ".");
  return sentences([authorsOf(author), name, containerLine(item), accessedLine(item)]);
}

function authorsOf(author: NonNullable<CslItem["author"]>): string {
  const [first] = author;
  if (first === undefined) return "";
  if (author.length > 2) return `${plain(inverted(first))}, et al.`;
  return plain(row(author, { first: inverted, rest: straight }, { and: "and", pairComma: true }));
}

function containerLine(item: CslItem): string {
  const { volume, issue, page, edition, version, issued, number } = item;
  const container = containerOf(item);
  const { year } = partsOf(issued);
  const date = item.type === "book" || item.type === "report" ? String(year ?? "") : dayMonthYear(issued, MONTHS);
  return commas([
    container && italic(headline(container)),
    edition && `${plain(ordinal(edition))} ed.`,
    version && `version ${plain(version)}`,
    item.type === "report" && number ? plain(number) : undefined,
    volume && `vol. ${plain(volume)}`,
    issue && `no. ${plain(issue)}`,
    plain(publisherOf(item) ?? ""),
    date,
    page && `${/\d\D+\d/.test(page) ? "pp" : "p"}. ${pages(page)}`,
    addressOf(item),
  ]);
}

/** Only what has no date says when it was read. */
function accessedLine({ issued, accessed, URL }: CslItem): string {
  if (issued !== undefined || accessed === undefined || URL === undefined) return "";
  return `Accessed ${dayMonthYear(accessed, MONTHS)}`;
}

/** What stands by itself has its title in italics, what stands in a container in quotation marks. */
function isWhole(item: CslItem): boolean {
  return !isPart(item) && item.type !== "webpage" && item.type !== "article";
}

function titleIn(item: CslItem, title: string): string {
  return isWhole(item) ? italic(headline(title)) : quoted(headline(title));
}
