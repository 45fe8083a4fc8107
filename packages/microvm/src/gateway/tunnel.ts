import { once } from "node:events";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { serverNameOf } from "./client-hello.js";
import type { Exchange } from "./exchange.js";
import { Refusal } from "./refusal.js";

const helloMs = 15_000;
/** TLS alert: fatal, unrecognized_name. A program that expects TLS understands nothing else. */
const alert = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/**
 * Passes bytes between a program and a server that it named, once its TLS has named the same server. Throws Refusal `not_tls`,
 * `no_server_name`, `server_name_differs`, `encrypted_hello`, after telling the program in TLS.
 */
export async function runTunnel(o: {
  exchange: Exchange;
  /** In the spelling of `hostName`. */
  name: string;
  stream: Duplex;
  /** What the program sent along with its CONNECT. */
  head: Buffer;
  way: Duplex;
}): Promise<void> {
  const { exchange, name, stream, head, way } = o;
  const { signal } = exchange;
  way.on("error", (error) => exchange.abort(error));
  try {
    const hello = await readHello(stream, head, name, signal);
    exchange.allow();
    exchange.count("up", hello.length);
    way.write(hello);
  } catch (error) {
    way.destroy();
    if (error instanceof Refusal && stream.writable) stream.end(alert);
    throw error;
  }
  try {
    await Promise.all([
      pipeline(stream, exchange.meter("up"), way, { signal }),
      pipeline(way, exchange.meter("down"), stream, { signal }),
    ]);
  } catch (error) {
    // How the two end what they had to say to each other is their affair; what was broken off here is not.
    if (signal.reason instanceof Refusal) throw error;
  } finally {
    way.destroy();
  }
}

/** All bytes of the program up to the end of its ClientHello, which names `name`. */
async function readHello(stream: Duplex, head: Buffer, name: string, signal: AbortSignal): Promise<Buffer> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(helloMs)]);
  for (let bytes = head; ; ) {
    const asked = serverNameOf(bytes);
    if (asked === name) return bytes;
    if (asked !== undefined) {
      throw new Refusal(
        "server_name_differs",
        "The tunnel's TLS names another server than its CONNECT; use the same name.",
      );
    }
    bytes = Buffer.concat([bytes, await nextBytes(stream, inTime)]);
  }
}

async function nextBytes(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = stream.read();
    if (chunk !== null) return chunk;
    if (stream.readableEnded || stream.destroyed)
      throw new Refusal("not_tls", "The tunnel was closed before it was used.");
    const done = new AbortController();
    const until = { signal: AbortSignal.any([signal, done.signal]) };
    try {
      await Promise.race([once(stream, "readable", until), once(stream, "end", until)]);
    } catch (cause) {
      throw new Refusal("not_tls", "Nothing was said in the tunnel in time; begin TLS at once.", { cause });
    } finally {
      done.abort();
    }
  }
}
