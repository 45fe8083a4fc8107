import PDFDocument from "pdfkit";

/** A line of text at a place: points from the left and from the top. */
export type PlacedLine = readonly [x: number, y: number, text: string];

/** A PDF with text where it is put, page by page. */
export async function placedPdf(pages: readonly (readonly PlacedLine[])[]): Promise<Uint8Array> {
  const pdf = new PDFDocument({ autoFirstPage: false, size: "A4", margin: 0 });
  const parts: Buffer[] = [];
  pdf.on("data", (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve) => pdf.on("end", resolve));
  for (const lines of pages) {
    pdf.addPage().font("Times-Roman").fontSize(10);
    for (const [x, y, text] of lines) pdf.text(text, x, y, { lineBreak: false });
  }
  pdf.end();
  await ended;
  return Buffer.concat(parts);
}
