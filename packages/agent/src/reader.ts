import type { ExtractedText, TextExtractor } from "@vibewriter/evidence";
import { isMicroVMError, type MicroVM, type MicroVMs, type TemplateSpec } from "@vibewriter/microvm";
import { z } from "zod";
import { AgentError, errorCode } from "./errors.js";
import { visibleText } from "./sanitize.js";

/** Documents one reader VM parses before it is thrown away with whatever they left in it. */
const DOCUMENTS_PER_VM = 50;
const TIMEOUT_MS = 90_000;

const Reply = z.union([
  z.object({
    title: z.string().optional(),
    author: z.string().optional(),
    date: z.string().optional(),
    text: z.string(),
    truncated: z.boolean().optional(),
  }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);

/**
 * Extracts texts in a reader VM of its own, which has no shell, no network and no credentials. One document at a time; the VM is replaced
 * after {@link DOCUMENTS_PER_VM} documents and after any failure, so that nothing a document did outlives it for long.
 */
export class ReaderVM implements AsyncDisposable {
  readonly #vms: MicroVMs;
  readonly #template: TemplateSpec;
  #vm: MicroVM | undefined;
  #documents = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(vms: MicroVMs, template: TemplateSpec) {
    this.#vms = vms;
    this.#template = template;
  }

  /** For the evidence store. Throws AgentError `reader_failed`, or what the reader says about the document. */
  readonly extract: TextExtractor = (document) => {
    const result = this.#turn.then(() => this.#extract(document));
    // The caller has the error; the next document gets its turn all the same.
    this.#turn = result.catch(() => undefined);
    return result;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#discard();
  }

  async #extract(document: Parameters<TextExtractor>[0]): Promise<ExtractedText> {
    const header = `${JSON.stringify({ mediaType: document.mediaType, name: document.name })}\n`;
    const request = Buffer.concat([Buffer.from(header), document.bytes]);
    let reply: z.infer<typeof Reply>;
    try {
      this.#vm ??= await this.#vms.create({ template: this.#template, labels: { role: "reader" } });
      const answer = await this.#vm.service("reader", request, { timeoutMs: TIMEOUT_MS });
      reply = Reply.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(answer)));
      this.#documents++;
    } catch (cause) {
      await this.#discard();
      throw new AgentError(
        "reader_failed",
        `${document.name} could not be read in the reader VM; leave it out or convert it to text.`,
        { cause },
      );
    }
    if (this.#documents >= DOCUMENTS_PER_VM) await this.#discard();
    if ("error" in reply) throw new AgentError("reader_failed", visibleText(reply.error.message));
    const { title, author, date, text, truncated } = reply;
    return { title: clean(title), author: clean(author), date: clean(date), text: visibleText(text), truncated };
  }

  async #discard(): Promise<void> {
    const vm = this.#vm;
    this.#vm = undefined;
    this.#documents = 0;
    try {
      await vm?.destroy();
    } catch (error) {
      // It is gone already, which is what was wanted.
      if (!isMicroVMError(error, "not_found") && errorCode(error) !== "closed") throw error;
    }
  }
}

function clean(text: string | undefined): string | undefined {
  return text === undefined ? undefined : visibleText(text).trim() || undefined;
}
