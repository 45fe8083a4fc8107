import { ChoirError } from "../errors.js";
import { serve } from "../threads/serve.js";
import type { DocumentFormat, TextDocument } from "./document.js";
import type { ExportedArticle } from "./exported-article.js";
import type { ExportFormat } from "./format.js";
import { renderText } from "./lay-out.js";
import { renderArticle } from "./render.js";

/** What the thread of exports does. */
export class ExportWork {
  /** @throws ChoirError `export_failed` */
  async render(exported: ExportedArticle, format: ExportFormat): Promise<Uint8Array> {
    try {
      return await renderArticle(exported, format);
    } catch (cause) {
      const { id } = exported.article;
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `Article ${id} could not be exported as ${format} (${why}): take its Markdown instead.`;
      throw new ChoirError("export_failed", text, { cause });
    }
  }

  /** @throws ChoirError `export_failed` */
  async renderText(document: TextDocument, format: DocumentFormat): Promise<Uint8Array> {
    try {
      return await renderText(document, format);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `“${document.title}” could not be exported as ${format} (${why}): take its Markdown instead.`;
      throw new ChoirError("export_failed", text, { cause });
    }
  }

  close(): void {
    // Nothing is open between two calls.
  }
}

serve(new ExportWork(), "The export");
