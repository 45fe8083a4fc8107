import { createConnection } from "node:net";
import { z } from "zod";

/** What stands behind an address, as far as its first words tell. `asksForCertificate`: of every client. */
export type Greeting = { from: "nats"; asksForCertificate: boolean } | { from: "web server" | "something else" };

const infoSchema = z.object({ tls_verify: z.boolean().default(false) });

/** A NATS server speaks first and at once; whoever is silent for so long is asked as a web server would be. */
const SILENT_MS = 1_000;
const DEADLINE_MS = 3_000;
const MAX_BYTES = 64 * 1024;
/** How TLS says that it was spoken to without it: also a NATS server's way, if TLS comes before its greeting. */
const TLS_ALERT = "\u0015\u0003";

/**
 * Who answers at `host` (`name:port`); `undefined` if nobody does, or in no words of its own. The errors of the client do not tell: it
 * waits for a greeting that never comes, and a server that misses a client's certificate hangs up after the handshake.
 */
export async function greetingOf(host: string): Promise<Greeting | undefined> {
  try {
    const line = await firstLine(new URL(`nats://${host}`));
    if (line.startsWith(TLS_ALERT)) return undefined;
    if (line.startsWith("HTTP/")) return { from: "web server" };
    if (!line.startsWith("INFO ")) return { from: "something else" };
    const { tls_verify } = infoSchema.parse(JSON.parse(line.slice("INFO ".length)));
    return { from: "nats", asksForCertificate: tls_verify };
  } catch {
    return undefined; // Nobody there, or nothing said: the first error stands.
  }
}

async function firstLine({ hostname, port }: URL): Promise<string> {
  const socket = createConnection({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 4222) });
  const ask = setTimeout(() => socket.write("GET / HTTP/1.0\r\n\r\n"), SILENT_MS);
  const deadline = setTimeout(() => socket.destroy(new Error("no greeting in time")), DEADLINE_MS);
  try {
    let text = "";
    for await (const chunk of socket.setEncoding("latin1")) {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end >= 0) return text.slice(0, end).trimEnd();
      if (text.length > MAX_BYTES) break;
    }
    if (text === "") throw new Error("no greeting");
    return text;
  } finally {
    clearTimeout(ask);
    clearTimeout(deadline);
    socket.destroy();
  }
}
