import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { SESSION_PROTOCOL } from "./frames.js";

/** Takes over the connection of a session; `id` names the VM. Resolves when the session is over. Never rejects. */
export type SessionHandler = (id: string, stream: Duplex) => Promise<void>;

const PATH = /^\/v1\/vms\/([^/?]+)\/session$/;

/** What the node server's `upgrade` event is for: `GET /v1/vms/:id/session` becomes a session; anything else is refused. */
export async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer, handle: SessionHandler) {
  const id = idOf(request.url ?? "");
  if (id === undefined || request.headers.upgrade !== SESSION_PROTOCOL) {
    stream.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    return;
  }
  stream.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${SESSION_PROTOCOL}\r\n\r\n`);
  if (head.length > 0) stream.unshift(head);
  await handle(id, stream);
}

function idOf(url: string): string | undefined {
  const encoded = PATH.exec(url)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined; // Not an encoding of anything.
  }
}
