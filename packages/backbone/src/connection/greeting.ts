import { createConnection } from "node:net";
import { z } from "zod";

const greetingSchema = z.object({ tls_verify: z.boolean().default(false) });

const GREETING_MS = 2_000;
const MAX_BYTES = 64 * 1024;

/**
 * True if the server at `host` (`name:port`) says in its greeting, which comes before TLS, that it asks for a client
 * certificate. The client's own error does not: a server that misses one hangs up after the handshake.
 */
export async function asksForCertificate(host: string): Promise<boolean> {
  try {
    const line = await firstLine(new URL(`nats://${host}`));
    return greetingSchema.parse(JSON.parse(line.replace(/^INFO /, ""))).tls_verify;
  } catch {
    return false; // Nobody there, or no such greeting: the first error stands.
  }
}

async function firstLine({ hostname, port }: URL): Promise<string> {
  const socket = createConnection({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 4222) });
  socket.setTimeout(GREETING_MS, () => socket.destroy(new Error("no greeting in time")));
  try {
    let text = "";
    for await (const chunk of socket.setEncoding("utf8")) {
      text += String(chunk);
      const end = text.indexOf("\r\n");
      if (end >= 0) return text.slice(0, end);
      if (text.length > MAX_BYTES) break;
    }
    throw new Error("no greeting");
  } finally {
    socket.destroy();
  }
}
