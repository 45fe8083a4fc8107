import type { CslItem } from "./csl.js";
import { dateFrom } from "./dates.js";
import { namesFrom } from "./names.js";

/** What the reference list says of a source. */
export interface ReportSource {
  id: string;
  title: string;
  uri: string;
  /** Of the bytes that were read, hexadecimal. */
  sha256: string;
  /** When they were read, ISO 8601. */
  fetchedAt?: string;
  /** As the source gives them. */
  author?: string;
  date?: string;
  mediaType?: string;
}

/** A source of a run as CSL-JSON: what its snapshot says, and nothing that is not known. */
export function itemOf(source: ReportSource): CslItem {
  const { id, uri, title, author, date, fetchedAt, sha256 } = source;
  const authors = author === undefined ? [] : namesFrom(author);
  const issued = date === undefined ? undefined : dateFrom(date);
  const accessed = fetchedAt === undefined ? undefined : dateFrom(fetchedAt);
  return {
    id,
    ...kindOf(source),
    title: title.replace(/\s+/g, " ").trim(),
    ...(authors.length > 0 && { author: authors }),
    ...(issued && { issued }),
    ...(accessed && { accessed }),
    ...(/^https?:/i.test(uri) ? { URL: uri } : { archive_location: uri }),
    note: `sha256 ${sha256}`,
  };
}

function kindOf({ uri, mediaType }: ReportSource): Pick<CslItem, "type"> & Partial<CslItem> {
  if (uri.startsWith("choir:")) return { type: "article", publisher: "Choir knowledge base" };
  if (!/^https?:/i.test(uri) || !URL.canParse(uri)) return { type: "document" };
  const { hostname, pathname } = new URL(uri);
  const site = hostname.replace(/^www\./, "");
  const arxiv = /^\/(?:abs|pdf|html)\/(.+?)(?:\.pdf)?$/.exec(pathname)?.[1];
  if (site === "arxiv.org" && arxiv !== undefined)
    return { type: "article", publisher: "arXiv", number: `arXiv:${arxiv}` };
  if (site === "doi.org") return { type: "article", DOI: decode(pathname.slice(1)) };
  const isPdf = mediaType?.startsWith("application/pdf") ?? false;
  return isPdf ? { type: "report", publisher: site } : { type: "webpage", "container-title": site };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
