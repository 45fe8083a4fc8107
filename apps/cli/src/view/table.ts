/** Rows of cells in columns that are as wide as their widest cell; the last column is cut at `width` characters. */
export function table(rows: readonly (readonly string[])[], width: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, [...cell].length);
    });
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i < row.length - 1 ? cell + " ".repeat((widths[i] ?? 0) - [...cell].length) : cell,
    );
    const line = [...cells.join("  ")];
    return (line.length > width ? `${line.slice(0, width - 1).join("")}…` : line.join("")).trimEnd();
  });
}
