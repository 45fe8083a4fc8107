/**
 * The reader: turns documents into text, inside a VM of its own, because documents come from anywhere.
 * One request for each connection to the unix socket READER_SOCKET: a line of JSON `{"mediaType":…,"name":…}`, the
 * document's bytes, end of file. The reply is JSON: `{"ok":true,"text":…,"title"?,"author"?,"date"?,"truncated"?}` or
 * `{"ok":false,"code":…,"message":…}`.
 */
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { extract } from "./extract.js";
import { ReaderFailure } from "./failure.js";

const MAX_REQUEST = 32 * 1024 * 1024;
const WARM_PDF =
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
  "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n" +
  "4 0 obj<</Length 36>>stream\nBT /F 12 Tf 9 9 Td (warm) Tj ET     \nendstream endobj\n" +
  "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n";

async function main(): Promise<void> {
  const path = process.env.READER_SOCKET;
  if (!path) throw new Error("READER_SOCKET must name the socket to listen on.");
  // The VM is saved once it listens: everything slow is loaded and compiled before that.
  await extract(Buffer.from("<html><body><article><p>warm</p></article></body></html>"), "text/html", "warm.html");
  await extract(Buffer.from(WARM_PDF), "application/pdf", "warm.pdf");
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket));
  server.listen(path);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
}

async function serve(socket: Socket): Promise<void> {
  socket.on("error", (error) => console.error(`connection: ${error.message}`));
  const reply = await answer(socket);
  if (reply && !socket.destroyed) socket.end(JSON.stringify(reply));
  else socket.destroy();
}

/** Nothing for a connection that asks nothing: somebody looked whether the reader listens. */
async function answer(socket: Socket): Promise<object | undefined> {
  try {
    const request = await receive(socket);
    if (request.length === 0) return undefined;
    const lineEnd = request.indexOf(10);
    const { mediaType, name } = headOf(request.subarray(0, Math.max(0, lineEnd)));
    return { ok: true, ...(await extract(request.subarray(lineEnd + 1), mediaType, name)) };
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
