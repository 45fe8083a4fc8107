import { type CslItem, partsOf } from "../csl.js";
import { type Months, monthDayYear, monthName } from "../dates.js";
import { commas, italic, link, pages, plain, sentences } from "../markup.js";
import { row, short, straight } from "../names.js";
import type { CitationStyle } from "../style.js";
import { addressOf, containerOf, doiAddress, ordinal, publisherOf, UNTITLED } from "./locators.js";

const MONTHS: Months = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split(" ");

/** The ACM Reference Format: numbers, and a list sorted by author. */
export const acm: CitationStyle = {
  system: "numbers",
  listTitle: "References",
  isSorted: true,
  mostNames: 2,
  reference,
  authors: ({ author = [] }) => plain(author.map(short).join(", ")),
};

function reference(item: CslItem): string {
  const { author = [], issued } = item;
  const { year } = partsOf(issued);
  const authors = plain(row(author, { first: straight, rest: straight }, { and: "and" }));
  const date = year === undefined ? "\\[n. d.\\]" : String(year);
  const title = titleOf(item);
  return sentences([...(authors === "" ? [title, date] : [authors, date, title]), ...placeOf(item)]);
}

function titleOf(item: CslItem): string {
  const { title = UNTITLED, edition, type } = item;
  if (type !== "book") return plain(title);
  return `${italic(title)}${edition === undefined ? "" : ` \\(${plain(ordinal(edition))}. ed.\\)`}`;
}

function placeOf(item: CslItem): (string | undefined)[] {
  const { type, volume, issue, page, issued, number, version } = item;
  const container = containerOf(item);
  const printer = commas([plain(publisherOf(item) ?? ""), plain(item["publisher-place"] ?? "")]);
  switch (type) {
    case "article-journal": {
      const numbers = commas([volume && plain(volume), issue && plain(issue)]);
      const month = monthName(issued, MONTHS);
      const when = month === "" ? "" : ` \\(${month} ${partsOf(issued).year}\\)`;
      const where = container === undefined ? "" : italic(container);
      return [commas([`${where} ${numbers}${when}`.trim(), page && pages(page)]), addressOf(item)];
    }
    case "paper-conference": {
      const book = container === undefined ? "" : `In ${italic(container)}`;
      return [commas([book, item.event && plain(item.event)]), commas([printer, page && pages(page)]), addressOf(item)];
    }
    case "book":
      return [printer, addressOf(item)];
    case "report":
      return [plain(number ?? ""), printer, addressOf(item)];
    default: {
      const month = monthName(issued, MONTHS);
      const when = month === "" ? "" : `\\(${monthDayYear(issued)}\\)`;
      const facts = [version && `Version ${plain(version)}`, plain(container ?? ""), printer, when];
      return [...facts, retrieved(item)];
    }
  }
}

/** `Retrieved March 2, 2005 from …` */
function retrieved(item: CslItem): string {
  if (item.DOI !== undefined) return link(doiAddress(item.DOI));
  if (item.URL === undefined) return addressOf(item);
  const read = item.accessed === undefined ? "" : ` ${monthDayYear(item.accessed)}`;
  return `Retrieved${read} from ${link(item.URL)}`;
}
