/** The thread that parses documents: one message with a document in, one with its text or with why there is none out. */
import { parentPort } from "node:worker_threads";
import { extract } from "./extract.js";
import { ReaderFailure } from "./failure.js";
import type { ReadReply, ReadRequest } from "./parser.js";

async function read({ bytes, mediaType, name }: ReadRequest): Promise<ReadReply> {
  try {
    return { ok: true, ...(await extract(bytes, mediaType, name)) };
  } catch (error) {
    if (error instanceof ReaderFailure) return { ok: false, code: error.code, message: error.message };
    console.error(error);
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, code: "unreadable", message: `The document cannot be read: ${reason}` };
  }
}

if (!parentPort) throw new Error("This program is a thread of the reader.");
const port = parentPort;
port.on("message", (request: ReadRequest) => void read(request).then((reply) => port.postMessage(reply)));
