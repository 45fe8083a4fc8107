import { InTurn } from "@vibewriter/backbone";
import { EvidenceError, type ExtractedText, extractorFromService, type TextExtractor } from "@vibewriter/evidence";
import { isMicroVMError, type MicroVM, type MicroVMs, type TemplateSpec } from "@vibewriter/microvm";
import { visibleText } from "./sanitize.js";
import { DOCUMENT_MS } from "./templates.js";

/** Documents of one group that a reader VM parses before it is thrown away with whatever they left in it. */
const DOCUMENTS_PER_VM = 50;
/** The reader ends a document itself, and says so; this is for a reader that does not answer any more. */
const TIMEOUT_MS = DOCUMENT_MS + 20_000;

/**
 * Extracts texts in a reader VM, which has no shell for anybody, no network and no credentials. One document at a time. What one document breaks,
 * the next one of its VM might suffer: a document of the web has a VM to itself, and files share one only with those of their group.
 */
export class ReaderVM implements AsyncDisposable {
  readonly #vms: MicroVMs;
  readonly #template: TemplateSpec;
  #vm: MicroVM | undefined;
  /** Of what is in the VM. */
  #group: string | undefined;
  #documents = 0;
  readonly #turn = new InTurn();

  constructor(vms: MicroVMs, template: TemplateSpec) {
    this.#vms = vms;
    this.#template = template;
  }

  /**
   * For an evidence store: the text as the reader gives it, without what a person could not see. It throws EvidenceError.
   * @param group what was given together, such as the files of one run
   */
  of(group: string): TextExtractor {
    return (document) => {
      const place = /^https?:/i.test(document.name) ? undefined : group;
      const extract = extractorFromService((request) => this.#ask(request, place));
      return this.#turn.do(async () => {
        try {
          return cleaned(await extract(document));
        } catch (error) {
          // A document that it refuses in its own words has not hurt it; whatever else came, an answer that is none too, may be the work of one that did.
          if (!(error instanceof EvidenceError) || error.code === "reader_failed") await this.#discard();
          throw error;
        }
      });
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.idle();
    await this.#discard();
  }

  /** @param group undefined for a document that is alone */
  async #ask(request: Uint8Array, group: string | undefined): Promise<Uint8Array> {
    if (group === undefined || group !== this.#group) await this.#discard();
    this.#vm ??= await this.#vms.create({ template: this.#template, labels: { role: "reader" } });
    this.#group = group;
    const answer = await this.#vm.service("reader", request, { timeoutMs: TIMEOUT_MS });
    this.#documents++;
    if (group === undefined || this.#documents >= DOCUMENTS_PER_VM) await this.#discard();
    return answer;
  }

  async #discard(): Promise<void> {
    const vm = this.#vm;
    this.#vm = undefined;
    this.#group = undefined;
    this.#documents = 0;
    try {
      await vm?.destroy();
    } catch (error) {
      // It is gone already, which is what was wanted.
      if (!isMicroVMError(error, "not_found") && !isMicroVMError(error, "closed")) throw error;
    }
  }
}

function cleaned(extracted: ExtractedText): ExtractedText {
  const { title, author, date, language, text, truncated, note } = extracted;
  return {
    title: line(title),
    author: line(author),
    date: line(date),
    language: line(language),
    text: visibleText(text),
    truncated,
    note: line(note),
  };
}

function line(text: string | undefined): string | undefined {
  return (text && visibleText(text).replace(/\s+/g, " ").trim()) || undefined;
}
