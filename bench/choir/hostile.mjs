// Markdown of about so many characters, each of which once took a parser or a typesetter the square of its length, or still takes long.

/** What `of` gives for 0, 1, 2, ... until it is long enough. */
function until(length, of) {
  let text = "";
  for (let i = 0; text.length < length; i++) text += of(i);
  return text;
}

export const hostile = {
  "nested lists": (n) => "- ".repeat(n / 2),
  "nested quotations": (n) => "> ".repeat(n / 2),
  brackets: (n) => "[".repeat(n),
  "links that do not end": (n) => "[a](b".repeat(n / 5),
  stars: (n) => "*a **b ".repeat(n / 7),
  declarations: (n) => "a <!A ".repeat(n / 6),
  "mail addresses": (n) => "a@b.cd ".repeat(n / 7),
  "one word": (n) => "w".repeat(n),
  "a list": (n) => "- a\n".repeat(n / 4),
  "lists and paragraphs": (n) => "- a\n\nb\n\n".repeat(n / 8),
  "quotations and headings": (n) => "> a\n# b\n".repeat(n / 8),
  notes: (n) => until(n, (i) => `a[^${i}]\n\n[^${i}]: b\n\n`),
  definitions: (n) => until(n, (i) => `[a${i}]: http://b${i}\n\n`),
  "a table of many rows": (n) => `|a|b|\n|-|-|\n${"|x|y|\n".repeat(n / 6)}`,
  "a table of many columns": (n) => ["a", "-", "a"].map((cell) => `${`|${cell}`.repeat(n / 6)}|`).join("\n"),
  paragraphs: (n) => "a\n\n".repeat(n / 3),
  lines: (n) => "a\n".repeat(n / 2),
  "letters of no font": (n) => "潮汐".repeat(n / 2),
  "marks on one letter": (n) => `a${"\u0301".repeat(n)}`,
};
