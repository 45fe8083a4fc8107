import { zipSync } from "fflate";

const PDF =
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
  "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n" +
  "4 0 obj<</Length 36>>stream\nBT /F 12 Tf 9 9 Td (warm) Tj ET     \nendstream endobj\n" +
  "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n";
const WORD =
  '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>warm</w:t></w:r></w:p></w:body></w:document>';

/** A small document of each kind: what reads them is loaded and compiled before the VM is saved, not for its first document. */
export function warmDocuments(): { bytes: Uint8Array<ArrayBuffer>; mediaType: string; name: string }[] {
  const page = `<html><head><title>warm</title></head><body><article>${"<p>Warm words, and more.</p>".repeat(40)}</article></body></html>`;
  return [
    { name: "warm.html", mediaType: "text/html", bytes: copy(Buffer.from(page)) },
    { name: "warm.pdf", mediaType: "application/pdf", bytes: copy(Buffer.from(PDF)) },
    { name: "warm.csv", mediaType: "text/csv", bytes: copy(Buffer.from("warm;words\n1;2\n")) },
    { name: "warm.docx", mediaType: "", bytes: copy(zipSync({ "word/document.xml": Buffer.from(WORD) })) },
  ];
}

/** Each with a buffer of its own, which is handed over. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
