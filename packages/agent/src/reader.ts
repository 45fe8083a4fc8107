import { InTurn } from "@vibewriter/backbone";
import { type ExtractedText, extractorFromService, type TextExtractor } from "@vibewriter/evidence";
import { isMicroVMError, type MicroVM, type MicroVMs, type TemplateSpec } from "@vibewriter/microvm";
import { visibleText } from "./sanitize.js";
import { DOCUMENT_MS } from "./templates.js";

/** Documents one reader VM parses before it is thrown away with whatever they left in it. */
const DOCUMENTS_PER_VM = 50;
/** The reader ends a document itself, and says so; this is for a reader that does not answer any more. */
const TIMEOUT_MS = DOCUMENT_MS + 20_000;

/**
 * Extracts texts in a reader VM, which has no shell for anybody, no network and no credentials. One document at a time; the VM is replaced
 * after {@link DOCUMENTS_PER_VM} documents and after any failure, so that nothing a document did outlives it for long.
 */
export class ReaderVM implements AsyncDisposable {
  readonly #vms: MicroVMs;
  readonly #template: TemplateSpec;
  #vm: MicroVM | undefined;
  #documents = 0;
  readonly #turn = new InTurn();

  constructor(vms: MicroVMs, template: TemplateSpec) {
    this.#vms = vms;
    this.#template = template;
  }

  /** For the evidence store: the text as the reader gives it, without what a person could not see. Throws EvidenceError. */
  readonly extract: TextExtractor = async (document) => {
    const extract = extractorFromService((request) => this.#turn.do(() => this.#ask(request)));
    return cleaned(await extract(document));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.idle();
    await this.#discard();
  }

  async #ask(request: Uint8Array): Promise<Uint8Array> {
    try {
      this.#vm ??= await this.#vms.create({ template: this.#template, labels: { role: "reader" } });
      const answer = await this.#vm.service("reader", request, { timeoutMs: TIMEOUT_MS });
      this.#documents++;
      if (this.#documents >= DOCUMENTS_PER_VM) await this.#discard();
      return answer;
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  async #discard(): Promise<void> {
    const vm = this.#vm;
    this.#vm = undefined;
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
