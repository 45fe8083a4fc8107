import { z } from "zod";
import { EvidenceError } from "../errors.js";
import type { TextExtractor } from "./extraction.js";
import { noSource } from "./no-source.js";

const Reply = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    text: z.string().min(1).max(4_000_000),
    title: z.string().max(1_000).optional(),
    author: z.string().max(1_000).optional(),
    date: z.string().max(1_000).optional(),
    language: z.string().max(1_000).optional(),
    note: z.string().max(2_000).optional(),
    truncated: z.boolean().optional(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(["unsupported", "unreadable", "no_text", "bad_request"]),
    message: z.string().max(2_000),
  }),
]);

/**
 * The extractor that asks a reader service (reader/reader.ts).
 * @param call sends the request's bytes to the service and gives the reply's; it has a deadline of its own
 */
export function extractorFromService(call: (request: Uint8Array) => Promise<Uint8Array>): TextExtractor {
  return async ({ bytes, mediaType, name }) => {
    const head = Buffer.from(`${JSON.stringify({ mediaType, name })}\n`);
    const reply = parse(await ask(call, Buffer.concat([head, bytes]), name), name);
    if (reply.ok) {
      const { ok: _, ...extracted } = reply;
      return extracted;
    }
    const code = reply.code === "bad_request" ? "reader_failed" : reply.code;
    throw new EvidenceError(code, noSource(name, reply.message));
  };
}

async function ask(
  call: (request: Uint8Array) => Promise<Uint8Array>,
  request: Uint8Array,
  name: string,
): Promise<Uint8Array> {
  try {
    return await call(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EvidenceError("reader_failed", `The reader failed on ${name}: ${reason}`, { cause: error });
  }
}

/** The reader has just parsed a hostile document: what it says is checked like the document itself. */
function parse(bytes: Uint8Array, name: string): z.infer<typeof Reply> {
  try {
    return Reply.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (error) {
    throw new EvidenceError(
      "reader_failed",
      `The reader gave no valid answer on ${name}: try again, or leave it out.`,
      { cause: error },
    );
  }
}
