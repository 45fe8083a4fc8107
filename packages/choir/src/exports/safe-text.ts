/** Controls that no document format can hold, and the marks that turn the direction of what stands around them. */
const UNSAFE = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu;

/** A text as any export may show it: whole characters, no controls, and nothing that reorders its surroundings. Letters of any script stay. */
export function safeText(text: string): string {
  return Buffer.from(text.replace(UNSAFE, "")).toString();
}

/** Text as it may stand in HTML and XML, in an attribute, too. */
export function escapeMarkup(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The address of a link that a reader may follow: of the web or of a mailbox, in its one spelling; undefined for every other one. */
export function safeAddress(address: string): string | undefined {
  try {
    const { protocol, href } = new URL(address);
    return ["http:", "https:", "mailto:"].includes(protocol) && href.length <= 4_000 ? href : undefined;
  } catch {
    return undefined; // TypeError: relative to nothing that the reader of a file has, or no address at all.
  }
}
