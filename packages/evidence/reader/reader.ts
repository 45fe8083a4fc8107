/**
 * The reader: turns documents into text, inside a VM of its own, because documents come from anywhere.
 * One request for each connection to the unix socket READER_SOCKET: a line of JSON `{"mediaType":…,"name":…}`, the
 * document's bytes, end of file. The reply is JSON: `{"ok":true,"text":…,"title"?,"author"?,"date"?,"language"?,"truncated"?,"note"?}`
 * or `{"ok":false,"code":…,"message":…}`. Documents wait for each other; each has READER_DEADLINE_MS.
 */
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { ReaderFailure } from "./failure.js";
import { Parser, type ReadReply } from "./parser.js";
import { warmDocuments } from "./warm.js";

/** The first document waits until the program is loaded and compiled, which whoever starts the reader has a deadline for. */
const WARM_MS = 600_000;
const MAX_REQUEST = 32 * 1024 * 1024;

async function main(): Promise<void> {
  const path = process.env.READER_SOCKET;
  const deadlineMs = Number(process.env.READER_DEADLINE_MS);
  if (!path) throw new Error("READER_SOCKET must name the socket to listen on.");
  if (!(deadlineMs > 0)) throw new Error("READER_DEADLINE_MS must say how long one document may take.");
  const parser = new Parser(new URL("reader-worker.mjs", import.meta.url), deadlineMs);
  for (const document of warmDocuments()) {
    const reply = await parser.parse(document, WARM_MS);
    if (!reply.ok) throw new Error(`${document.name}: ${reply.message}`);
  }
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, parser));
  server.listen(path);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}

async function serve(socket: Socket, parser: Parser): Promise<void> {
  socket.on("error", (error) => console.error(`connection: ${error.message}`));
  const reply = await answer(socket, parser);
  if (reply && !socket.destroyed) socket.end(JSON.stringify(reply));
  else socket.destroy();
}

/** Nothing for a connection that asks nothing: somebody looked whether the reader listens. */
async function answer(socket: Socket, parser: Parser): Promise<ReadReply | undefined> {
  try {
    const request = await receive(socket);
    if (request.length === 0) return undefined;
    const lineEnd = request.indexOf(10);
    const { mediaType, name } = headOf(request.subarray(0, Math.max(0, lineEnd)));
    return await parser.parse({ mediaType, name, bytes: new Uint8Array(request.subarray(lineEnd + 1)) });
  } catch (error) {
    if (error instanceof ReaderFailure) return { ok: false, code: error.code, message: error.message };
    console.error(error);
    const message = `The document cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, code: "unreadable", message };
  }
}

async function receive(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > MAX_REQUEST) throw new ReaderFailure("bad_request", "The document is larger than 32 MiB.");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function headOf(line: Buffer): { mediaType: string; name: string } {
  try {
    const head: unknown = JSON.parse(line.toString("utf8"));
    if (typeof head === "object" && head !== null && "mediaType" in head && "name" in head) {
      return { mediaType: String(head.mediaType), name: String(head.name) };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ReaderFailure("bad_request", "The request does not begin with a line of JSON with mediaType and name.");
}

await main();
