/** Pieces of a reference, as Markdown. Titles and names come from documents that nobody vouches for: nothing in them may act. */

/** A text in which nothing is a mark of Markdown or becomes a link. */
export function plain(text: string): string {
  return (
    text
      .replace(/\s+/g, " ")
      .trim()
      .replace(/[\\`*_{}[\]<>#()!|~&]/g, "\\$&")
      // A word joiner, since an address in plain text becomes a link even if it is escaped.
      .replace(/:(?=\/\/)|\bwww(?=\.)/gi, "$&\u2060")
  );
}

/** In italics; the marks must stand at words, or they are only stars. */
export function italic(text: string): string {
  const words = plain(text);
  return words === "" ? "" : `*${words}*`;
}

/** In double quotation marks; those within become single ones, and a comma or full stop that follows goes inside. */
export function quoted(text: string, end = ""): string {
  const inner = plain(text.replace(/[“”"]/g, (mark) => (mark === "”" ? "’" : "‘")));
  const hasEnd = /[.?!]$/.test(inner) && end === ".";
  return `“${inner}${hasEnd ? "" : end}”`;
}

/** The address of a page, as a link. */
export function link(address: string): string {
  return `<${address.replace(/[\s<>\\]/g, encodeURIComponent)}>`;
}

/** An address that is none of the web. */
export function code(address: string): string {
  return `\`${address.replace(/[`\s]+/g, " ")}\``;
}

/** Parts, each ended by a full stop unless it ends by itself; empty ones are left out. An address has none after it. */
export function sentences(parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part): part is string => part !== undefined && part !== "")
    .map((part) => (/(?:[.?!]|[.?!][*”]+|[^\\]>)$/.test(part) ? part : `${part}.`))
    .join(" ");
}

/** Parts in one row with commas; empty ones are left out. */
export function commas(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join(", ");
}

/** `36-44` with an en dash, as every manual has it. */
export function pages(range: string): string {
  return plain(range.replace(/(?<=\d)\s*(?:--?|–)\s*(?=[A-Z]?\d)/g, "–"));
}

/** A reference at the beginning of a line, where a number or a dash would open a list. */
export function paragraph(reference: string): string {
  return reference.replace(/^(\d{1,9})(?=[.)])/, "$1\\").replace(/^[-+=]/, "\\$&");
}
