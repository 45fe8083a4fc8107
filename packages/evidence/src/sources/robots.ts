import { createRequire } from "node:module";
import { EvidenceError } from "../errors.js";

/** Its types say that it has a default export, as an ES module; it is CommonJS, and a function. */
const robotsParser: (
  address: string,
  text: string,
) => {
  isAllowed(url: string, robot: string): boolean | undefined;
  getCrawlDelay(robot: string): number | undefined;
} = createRequire(import.meta.url)("robots-parser");

/** What a site wants of robots. */
interface SiteRules {
  allows(url: URL): boolean;
  /** Milliseconds that it wants between two requests, a day at most. */
  readonly gapMs?: number;
}

/** The name that sites know us by in their robots.txt. */
export const ROBOT = "Vibewriter";
/** What is longer is read up to here, as RFC 9309 wants at least. */
export const MOST_ROBOTS_BYTES = 512 * 1024;

const DAY_MS = 24 * 3_600_000;
/** A site whose rules cannot be had now may have them again soon. */
const AGAIN_MS = 5 * 60_000;
const MOST_SITES = 1_000;

interface Kept {
  readonly rules: Promise<SiteRules>;
  /** Of this machine's uptime, in milliseconds. */
  until: number;
}

/**
 * The rules of sites, by RFC 9309: a site without a robots.txt (4xx) allows everything; one whose robots.txt cannot be had (5xx, 429) allows
 * nothing for now.
 */
export class Robots {
  readonly #fetch: (url: URL) => Promise<{ status: number; text: string }>;
  readonly #kept = new Map<string, Kept>();

  /** @param fetch gets a robots.txt; it throws if the site cannot be reached, and then so does {@link Robots.of} */
  constructor(fetch: (url: URL) => Promise<{ status: number; text: string }>) {
    this.#fetch = fetch;
  }

  /** The rules for a page of a site. @throws EvidenceError if the site cannot be reached */
  async of(url: URL): Promise<SiteRules> {
    const known = this.#kept.get(url.origin);
    if (known !== undefined && performance.now() < known.until) return await known.rules;
    const kept: Kept = { rules: this.#read(url.origin), until: Number.POSITIVE_INFINITY };
    this.#kept.delete(url.origin);
    this.#kept.set(url.origin, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_SITES && oldest !== undefined) this.#kept.delete(oldest);
    try {
      const rules = await kept.rules;
      kept.until = performance.now() + (rules === CLOSED ? AGAIN_MS : DAY_MS);
      return rules;
    } catch (error) {
      if (this.#kept.get(url.origin) === kept) this.#kept.delete(url.origin);
      throw error;
    }
  }

  async #read(origin: string): Promise<SiteRules> {
    const address = new URL("/robots.txt", origin);
    const { status, text } = await this.#fetch(address);
    if (status >= 500 || status === 429) return CLOSED;
    if (status >= 400) return OPEN;
    const rules = robotsParser(address.href, text);
    const delay = rules.getCrawlDelay(ROBOT);
    return {
      allows: (page) => rules.isAllowed(page.href, ROBOT) ?? true,
      gapMs: delay === undefined || !Number.isFinite(delay) || delay < 0 ? undefined : Math.min(delay * 1_000, DAY_MS),
    };
  }
}

const OPEN: SiteRules = { allows: () => true };
const CLOSED: SiteRules = { allows: () => false };

/** The error for a page that its site does not want robots to read. */
export function disallowed(url: URL): EvidenceError {
  return new EvidenceError(
    "disallowed",
    `${url.href} is not read: the robots.txt of ${url.host} keeps robots out, or cannot be had now; look for another source, or give the text as a file.`,
  );
}
