/** A table in Markdown; whatever is in the cells stays in its cell. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((text) => cell(text).replace(/\|/g, "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => " --- ").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Text from outside on one line, without what a terminal or a page would act on. */
export function cell(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replace(/[<>]/g, (sign) => (sign === "<" ? "‹" : "›"))
    .trim();
}
