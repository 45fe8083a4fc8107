import { once } from "node:events";
import { connect } from "node:tls";
import { duplexOf } from "./duplex.js";

/** A TLS client's first bytes, as Node's OpenSSL writes them. */
export async function realHello(servername: string | undefined): Promise<Buffer> {
  const { ours, theirs } = duplexOf();
  const client = connect({ socket: theirs, servername, rejectUnauthorized: false });
  client.on("error", () => client.destroy());
  const [bytes] = (await once(ours, "data")) as [Buffer];
  client.destroy();
  return bytes;
}

/** A ClientHello of our own making, without its record. */
export function helloMessage(extensions: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(0)),
    vector(2, Buffer.from([0x13, 0x01])),
    vector(1, Buffer.from([0])),
    vector(2, extensions),
  ]);
  return Buffer.concat([Buffer.from([1]), vector(3, body)]);
}

export function extension(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(type);
  return Buffer.concat([head, vector(2, content)]);
}

export function serverName(name: string, type = 0): Buffer {
  return extension(0, vector(2, Buffer.concat([Buffer.from([type]), vector(2, Buffer.from(name, "latin1"))])));
}

/** Cuts a message into records of `size` bytes. */
export function records(message: Buffer, size = 16_384): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    parts.push(Buffer.concat([Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + size))]));
  }
  return Buffer.concat(parts);
}

export function vector(lengthBytes: number, content: Buffer): Buffer {
  const head = Buffer.alloc(lengthBytes);
  head.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([head, content]);
}
