import type { Headers } from "undici";
import { z } from "zod";

/** What a server said of a page beside its bytes, as far as it is worth keeping: nothing here is about the reader, as cookies are. */
export const PageHeaders = z.object({
  /** When the server answered, and when it says that the page was last changed; as it writes them. */
  date: z.string().optional(),
  lastModified: z.string().optional(),
  etag: z.string().optional(),
  contentLanguage: z.string().optional(),
  /** The address that the server calls the page's own. */
  canonical: z.string().optional(),
});
export type PageHeaders = z.infer<typeof PageHeaders>;

const LONGEST = 500;

export function pageHeaders(headers: Pick<Headers, "get">, url: URL): PageHeaders {
  const value = (name: string): string | undefined => headers.get(name)?.slice(0, LONGEST) || undefined;
  const kept = {
    date: value("date"),
    lastModified: value("last-modified"),
    etag: value("etag"),
    contentLanguage: value("content-language"),
    canonical: canonicalOf(headers.get("link") ?? "", url),
  };
  return PageHeaders.parse(Object.fromEntries(Object.entries(kept).filter(([, text]) => text !== undefined)));
}

/** `Link: <https://example.org/page>; rel="canonical"`. */
function canonicalOf(link: string, url: URL): string | undefined {
  for (const [, target = "", parameters = ""] of link.slice(0, 4_000).matchAll(/<([^<>]{1,2000})>([^<]{0,500})/g)) {
    if (!/;\s*rel\s*=\s*"?[^",;]*\bcanonical\b/i.test(parameters) || !URL.canParse(target, url.href)) continue;
    const { href, protocol } = new URL(target, url);
    if (protocol === "http:" || protocol === "https:") return href.slice(0, LONGEST);
  }
  return undefined;
}
