/** What an article can be exported as. */
export const EXPORT_FORMATS = ["markdown", "html", "pdf", "docx", "bibtex", "csl-json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How files of a format are named and announced. */
export const FORMAT_FACTS: Readonly<Record<ExportFormat, { extension: string; mediaType: string; isText: boolean }>> = {
  markdown: { extension: "md", mediaType: "text/markdown; charset=utf-8", isText: true },
  html: { extension: "html", mediaType: "text/html; charset=utf-8", isText: true },
  pdf: { extension: "pdf", mediaType: "application/pdf", isText: false },
  docx: {
    extension: "docx",
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    isText: false,
  },
  bibtex: { extension: "bib", mediaType: "application/x-bibtex; charset=utf-8", isText: true },
  "csl-json": { extension: "json", mediaType: "application/vnd.citationstyles.csl+json; charset=utf-8", isText: true },
};
