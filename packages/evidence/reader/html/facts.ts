import type { Attributes } from "../text/block.js";
import { type LinkedFacts, linkedFacts } from "./linked-data.js";

/** A page has a handful; more is an attack or a dump. */
const MAX_LINKED_DATA = 2 * 1024 * 1024;
const MAX_FIELD = 2_000;

const TITLE = ["citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title"];
const AUTHOR = ["citation_author", "dc.creator", "dcterms.creator", "author", "article:author", "parsely-author"];
const DATE = [
  "article:published_time",
  "citation_publication_date",
  "citation_date",
  "dc.date",
  "dc.date.issued",
  "dcterms.date",
  "dcterms.issued",
  "dcterms.created",
  "datepublished",
  "date",
  "pubdate",
  "publish-date",
  "parsely-pub-date",
];

/** What a page says about itself: in its meta tags, its JSON-LD, its `<title>`, its first heading and its `lang`. */
export class PageFacts {
  /** The text of `<title>`. */
  pageTitle = "";
  /** The first `<h1>`. */
  heading = "";
  /** What is shown where scripts do not run. */
  noscript = "";
  scripts = 0;
  /** The page has an empty element that programs fill, such as `<div id="root">`. */
  hasAppRoot = false;
  readonly #meta = new Map<string, string[]>();
  #lang: string | undefined;
  #linked = "";
  readonly #linkedData: string[] = [];
  #within: "title" | "h1" | "noscript" | "ld" | undefined;
  #parsed: LinkedFacts | undefined;
  #seenHeading = false;

  open(name: string, attributes: Attributes): void {
    if (name === "meta") this.#addMeta(attributes);
    else if (name === "html" || name === "body") this.#lang ??= attributes.lang || attributes["xml:lang"] || undefined;
    else if (name === "title" && this.pageTitle === "") this.#within ??= "title";
    else if (name === "h1" && !this.#seenHeading) this.#within ??= "h1";
    else if (name === "noscript") this.#within ??= "noscript";
    else if (name === "script") {
      this.scripts++;
      if (/^application\/ld\+json\b/i.test(attributes.type ?? "")) this.#within ??= "ld";
    } else if (
      /^(?:root|app|__next|__nuxt|svelte|ember-app|app-root)$/i.test(attributes.id ?? "") ||
      name === "app-root"
    )
      this.hasAppRoot = true;
  }

  text(value: string): void {
    if (this.#within === "title") this.pageTitle = cut(this.pageTitle + value);
    else if (this.#within === "h1") this.heading = cut(this.heading + value);
    else if (this.#within === "noscript") this.noscript = cut(this.noscript + value);
    else if (this.#within === "ld" && this.#linked.length < MAX_LINKED_DATA) this.#linked += value;
  }

  close(name: string): void {
    if (this.#within === "ld" && name === "script") {
      this.#linkedData.push(this.#linked);
      this.#linked = "";
    }
    if (this.#within === name || (this.#within === "ld" && name === "script")) {
      if (name === "h1") this.#seenHeading = this.heading.trim() !== "";
      this.#within = undefined;
    }
  }

  /** Of the meta tags and JSON-LD; what a page only shows is not among it. */
  get title(): string | undefined {
    return this.#first(TITLE) ?? this.#json.title;
  }

  get author(): string | undefined {
    const names = (this.#meta.get("citation_author") ?? []).slice(0, 20);
    const name = names.length > 1 ? names.join("; ") : this.#first(AUTHOR);
    // Some give the address of a profile.
    return name && !/^https?:/i.test(name) ? name : this.#json.author;
  }

  get date(): string | undefined {
    return this.#first(DATE) ?? this.#json.date;
  }

  get language(): string | undefined {
    const found = this.#lang ?? this.#first(["content-language", "dc.language", "og:locale"]) ?? this.#json.language;
    return found && /^[a-z]{2,3}(?:[-_][a-z0-9]{1,8})*$/i.test(found.trim())
      ? found.trim().replaceAll("_", "-")
      : undefined;
  }

  /** The page itself says that one has to pay for all of it. */
  get isPaid(): boolean {
    return this.#json.isPaid || /^(?:locked|metered)$/i.test(this.#first(["article:content_tier"]) ?? "");
  }

  get #json(): LinkedFacts {
    this.#parsed ??= linkedFacts(this.#linkedData);
    return this.#parsed;
  }

  #first(names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.#meta.get(name)?.[0];
      if (value) return value;
    }
    return undefined;
  }

  #addMeta(attributes: Attributes): void {
    const name = attributes.name ?? attributes.property ?? attributes.itemprop ?? attributes["http-equiv"];
    const content = attributes.content?.trim();
    if (!name || !content || this.#meta.size > 500) return;
    const key = name.toLowerCase();
    const values = this.#meta.get(key) ?? [];
    if (values.length < 100) this.#meta.set(key, [...values, cut(content)]);
  }
}

function cut(text: string): string {
  return text.length > MAX_FIELD ? text.slice(0, MAX_FIELD) : text;
}
