import { datesOf } from "../check/dates.js";
import type { FindingSource, SourceKind } from "./claim.js";

/**
 * How much one source of a kind speaks for what it says, in nats of log-odds: the logarithm of how often such a source is taken to be right for each
 * time that it is wrong (9:1 for a peer-reviewed one, 3:1 for news). They are set, not measured; certitude.ts says how they are pooled.
 */
export const WEIGHTS: Readonly<Record<SourceKind, number>> = {
  primary: Math.log(9),
  peer_reviewed: Math.log(9),
  official: Math.log(6),
  preprint: Math.log(4),
  reference: Math.log(4),
  given: Math.log(3),
  news: Math.log(3),
  unknown: Math.log(2),
  blog: Math.log(1.5),
};

/** Years after which a source weighs half. */
const HALF_LIFE_YEARS = 3;
/** What the weight of a source without a date is multiplied by: as if it were a year old. */
const UNDATED = 0.8;
const YEAR_MS = 365.25 * 86_400_000;

/** What a source is, by its address. */
export function kindOf({ uri, finalUri, kind }: Pick<FindingSource, "uri" | "finalUri" | "kind">): SourceKind {
  if (kind !== undefined) return kind;
  if (uri.startsWith("file:")) return "given";
  if (/^https?:\/\/(?:dx\.)?doi\.org\//i.test(uri)) return kindOfDoi(uri);
  const host = hostOf(finalUri ?? uri);
  return host === undefined ? "unknown" : (HOSTS.find(([, pattern]) => pattern.test(host))?.[0] ?? "unknown");
}

/** What a source adds to the log-odds of what it says, by its kind and its age. `now`: milliseconds since 1970. */
export function weightOf(source: FindingSource, now: number): number {
  const at = timeOf(source);
  const years = at === undefined ? undefined : Math.max(0, (now - at) / YEAR_MS);
  return WEIGHTS[kindOf(source)] * (years === undefined ? UNDATED : 2 ** (-years / HALF_LIFE_YEARS));
}

/** When the last of some sources was read, in milliseconds since 1970: until then they age, so that the same evidence always comes to the same. */
export function lastReading(sources: readonly { readonly fetchedAt?: string }[]): number | undefined {
  const times = sources.map(({ fetchedAt = "" }) => Date.parse(fetchedAt)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The date that a text gives itself in its first lines, as in "As of 15 September 2026"; undefined if it gives none. */
export function dateIn(text: string): string | undefined {
  const line = text
    .slice(0, 600)
    .split("\n")
    .find((one) => /\b(?:as of|dated?|published|updated|posted|written)\b/i.test(one) && datesOf(one).length > 0);
  return line === undefined ? undefined : datesOf(line).find(({ year }) => year !== undefined)?.text;
}

/** When a source was published, in milliseconds since 1970, as far as it says so; the middle of a month or a year. */
export function timeOf({ date }: Pick<FindingSource, "date">): number | undefined {
  const found = datesOf(date ?? "").find(({ year }) => year !== undefined);
  if (found?.year === undefined) return undefined;
  const month = found.month ?? (found.quarter === undefined ? 7 : found.quarter * 3 - 1);
  return Date.UTC(found.year, month - 1, found.day ?? (found.month === undefined ? 1 : 15));
}

/** Whose word a source is: two pages of one site, or two texts of one author, are one witness. */
export function originOf({ id, uri, finalUri, author }: FindingSource): string {
  if (author !== undefined && author.trim() !== "") return `author:${author.trim().toLowerCase()}`;
  const host = hostOf(finalUri ?? uri);
  if (host === undefined) return id;
  const labels = host.split(".");
  const isLongEnding = /^(?:ac|co|com|edu|gov|org)$/.test(labels.at(-2) ?? "") && labels.at(-1)?.length === 2;
  return labels.slice(isLongEnding ? -3 : -2).join(".");
}

/** Registrants of preprints: arXiv, SSRN, bioRxiv and medRxiv, Research Square, Preprints.org, PsyArXiv, SocArXiv, ChemRxiv, TechRxiv. */
const PREPRINTS = /^10\.(?:48550|2139|1101|21203|20944|31234|31235|26434|36227)\//;
/** Registrants of whatever their users upload: Zenodo, figshare, Dryad, Mendeley Data. */
const UPLOADS = /^10\.(?:5281|6084|5061|17632)\//;

/** What is registered under a DOI, by who has registered it: most are journals. */
function kindOfDoi(uri: string): SourceKind {
  const doi = new URL(uri).pathname.slice(1).replace(/%2f/i, "/");
  if (PREPRINTS.test(doi)) return "preprint";
  return UPLOADS.test(doi) ? "unknown" : "peer_reviewed";
}

function hostOf(uri: string): string | undefined {
  if (!/^https?:/i.test(uri)) return undefined;
  return URL.canParse(uri) ? new URL(uri).hostname.toLowerCase() : undefined;
}

const anyOf = (names: string): RegExp =>
  new RegExp(`(?:^|\\.)(?:${names.replaceAll(".", "\\.").replaceAll(" ", "|")})$`);

const HOSTS: readonly (readonly [SourceKind, RegExp])[] = [
  ["preprint", anyOf("arxiv.org biorxiv.org medrxiv.org ssrn.com")],
  [
    "peer_reviewed",
    anyOf(
      "nature.com science.org pnas.org sciencedirect.com springer.com wiley.com plos.org cell.com acm.org ieee.org jstor.org bmj.com " +
        "thelancet.com nejm.org ncbi.nlm.nih.gov royalsocietypublishing.org oup.com mdpi.com frontiersin.org tandfonline.com",
    ),
  ],
  ["official", /(?:\.gov|\.mil|\.int)(?:\.[a-z]{2})?$|(?:^|\.)gouv\.fr$/],
  ["official", anyOf("europa.eu un.org oecd.org worldbank.org imf.org bis.org rfc-editor.org ietf.org w3.org iso.org")],
  ["reference", anyOf("wikipedia.org britannica.com")],
  ["reference", /\.edu(?:\.[a-z]{2})?$|\.ac\.[a-z]{2}$/],
  [
    "news",
    anyOf(
      "reuters.com apnews.com bbc.com bbc.co.uk nytimes.com theguardian.com washingtonpost.com wsj.com ft.com bloomberg.com economist.com " +
        "npr.org cnn.com cnbc.com aljazeera.com spiegel.de lemonde.fr elpais.com techcrunch.com theverge.com arstechnica.com wired.com coindesk.com",
    ),
  ],
  [
    "blog",
    anyOf(
      "medium.com substack.com blogspot.com wordpress.com tumblr.com dev.to reddit.com x.com twitter.com quora.com mirror.xyz facebook.com youtube.com",
    ),
  ],
];
