import { type CslItem, partsOf } from "../csl.js";
import { type Months, monthDayYear, monthName } from "../dates.js";
import { code, commas, italic, link, pages, plain, quoted } from "../markup.js";
import { row, short, straightInitials } from "../names.js";
import type { CitationStyle } from "../style.js";
import { headline } from "../title.js";
import { containerOf, doiAddress, ordinal, publisherOf, UNTITLED } from "./locators.js";

const MONTHS: Months = "Jan. Feb. Mar. Apr. May Jun. Jul. Aug. Sep. Oct. Nov. Dec.".split(" ");
/** Authors up to here are all named; of more the first alone. */
const MOST_LISTED = 6;

/** The IEEE Reference Guide: numbers in the order of the text. Names of journals stand as the source gives them. */
export const ieee: CitationStyle = {
  system: "numbers",
  listTitle: "References",
  isSorted: false,
  mostNames: 2,
  reference,
  authors: ({ author = [] }) => plain(author.map(short).join(", ")),
};

function reference(item: CslItem): string {
  const { type, volume, issue, page, edition, number, version, issued } = item;
  const { year } = partsOf(issued);
  const authors = authorsOf(item);
  const title = item.title ?? UNTITLED;
  const container = containerOf(item);
  const when = [monthName(issued, MONTHS), year].filter(Boolean).join(" ");
  switch (type) {
    case "article-journal":
      return withAddress(
        item,
        `${lead(authors, quoted(title, ","))} ${commas([
          container && italic(container),
          volume && `vol. ${plain(volume)}`,
          issue && `no. ${plain(issue)}`,
          page && `${isRange(page) ? "pp" : "p"}. ${pages(page)}`,
          when,
        ])}`,
      );
    case "paper-conference":
      return withAddress(
        item,
        `${lead(authors, quoted(title, ","))} ${commas([
          container && `in ${italic(container)}`,
          item.event && plain(item.event),
          when,
          page && `${isRange(page) ? "pp" : "p"}. ${pages(page)}`,
        ])}`,
      );
    case "book": {
      const name = commas([italic(headline(title)), edition && `${plain(ordinal(edition))} ed.`]);
      const printer = [item["publisher-place"], publisherOf(item)].filter((part) => part !== undefined).map(plain);
      const made = commas([printer.join(": "), year?.toString()]);
      return withAddress(item, `${lead(authors, name)}${name.endsWith(".") || made === "" ? "" : "."} ${made}`.trim());
    }
    case "report":
    case "document": {
      const facts = [publisherOf(item), item["publisher-place"], number].map((part) => plain(part ?? ""));
      return withAddress(item, `${lead(authors, quoted(title, ","))} ${commas([...facts, when])}`);
    }
    case "dataset": {
      const date = monthDayYear(issued, MONTHS);
      const from = publisherOf(item) ?? container;
      const facts = commas([version && `ver. ${plain(version)}`, from && `distributed by ${plain(from)}`]);
      return withAddress(item, `${lead(commas([authors, date]), quoted(title, ","))} ${facts}`);
    }
    default: {
      const site = plain(container ?? publisherOf(item) ?? "");
      const parts = [`${authors === "" ? "" : `${authors}. `}${quoted(title, ".")}`, site === "" ? "" : `${site}.`];
      const read = monthDayYear(item.accessed, MONTHS);
      const date = item.issued === undefined ? "" : `${monthDayYear(issued, MONTHS)}.`;
      const accessed = read === "" || item.URL === undefined ? "" : `Accessed: ${read}.`;
      return [...parts, date, accessed, online(item)].filter((part) => part !== "").join(" ");
    }
  }
}

function lead(authors: string, title: string): string {
  return authors === "" ? title : `${authors}, ${title}`;
}

function authorsOf({ author = [] }: CslItem): string {
  const [first] = author;
  if (first === undefined) return "";
  if (author.length > MOST_LISTED) return `${plain(straightInitials(first))} et al.`;
  return plain(row(author, { first: straightInitials, rest: straightInitials }, { and: "and" }));
}

/** The DOI within the sentence, or where it can be read after it. */
function withAddress(item: CslItem, text: string): string {
  const body = text.replace(/[,\s]+$/, "").replace(/,”$/, item.DOI === undefined ? ".”" : "”");
  if (item.DOI !== undefined) return `${body}, doi: ${link(doiAddress(item.DOI))}.`;
  return [/\.”?$/.test(body) ? body : `${body}.`, online(item)].filter((part) => part !== "").join(" ");
}

function online(item: CslItem): string {
  if (item.URL !== undefined) return `\\[Online\\]. Available: ${link(item.URL)}`;
  return item.archive_location === undefined ? "" : `${code(item.archive_location)}.`;
}

function isRange(page: string): boolean {
  return /\d\D+\d/.test(page);
}
