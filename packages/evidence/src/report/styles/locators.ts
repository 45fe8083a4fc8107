import type { CslItem } from "../csl.js";
import { code, link } from "../markup.js";

/** Where a work is: its DOI as an address, the page's address, or the name of a file. */
export function addressOf(item: CslItem): string {
  if (item.DOI !== undefined) return link(doiAddress(item.DOI));
  if (item.URL !== undefined) return link(item.URL);
  return item.archive_location === undefined ? "" : code(item.archive_location);
}

export function doiAddress(doi: string): string {
  return `https://doi.org/${doi.replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, "")}`;
}

/** A work that is a part of another one, whose title is not set in italics. */
export function isPart({ type }: CslItem): boolean {
  return type === "article-journal" || type === "paper-conference";
}

/** What a work without a title is called. */
export const UNTITLED = "Untitled";

/** Who has published it, unless that is who has written it. */
export function publisherOf({ publisher, author }: CslItem): string | undefined {
  return author?.some(({ literal }) => literal === publisher) ? undefined : publisher;
}

/** The website or journal, unless it has the name of who has written it. */
export function containerOf(item: CslItem): string | undefined {
  const container = item["container-title"];
  return item.author?.some(({ literal }) => literal === container) ? undefined : container;
}

/** `2` is `2nd`; what says itself how it is called stays. */
export function ordinal(edition: string): string {
  if (!/^\d+$/.test(edition)) return edition.replace(/\s*ed(?:ition|\.)?$/i, "");
  const n = Number(edition);
  const end = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}
