import { hostName } from "./host-name.js";
import { Refusal } from "./refusal.js";

const recordHeader = 5;
const handshakeRecord = 22;
const largestRecord = 16_384;
/** A hello is one to three records; more is somebody looking for the bounds of this parser. */
const maxRecords = 16;
/** Bytes of records read before a hello must be complete. */
export const maxHelloBytes = 24 * 1_024;

const clientHello = 1;
const serverNameExtension = 0;
const encryptedHelloExtension = 0xfe0d;
const hostNameType = 0;

/**
 * The server name in the first message of a TLS client (RFC 8446 section 4.1.2, RFC 6066 section 3); undefined if more bytes are needed.
 * Throws Refusal `not_tls` for anything else, `no_server_name` without one, `encrypted_hello` if the true name may be another, hidden one.
 */
export function serverNameOf(bytes: Buffer): string | undefined {
  const message = handshakeOf(bytes);
  if (message === undefined) {
    if (bytes.length >= maxHelloBytes) throw notTls();
    return undefined;
  }
  const hello = new Fields(message);
  hello.skip(2 + 32);
  hello.vector(1);
  hello.vector(2);
  hello.vector(1);
  return nameIn(hello.isAtEnd ? new Fields(Buffer.alloc(0)) : new Fields(hello.vector(2)));
}

/** The body of the ClientHello, put together from as many records as it takes. */
function handshakeOf(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let gathered = 0;
  let at = 0;
  for (let records = 0; records < maxRecords; records++) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) throw notTls();
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) throw notTls();
    if (bytes.length < at + recordHeader) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > largestRecord) throw notTls();
    const part = bytes.subarray(at + recordHeader, at + recordHeader + length);
    parts.push(part);
    gathered += part.length;
    if (gathered >= 4) {
      const message = Buffer.concat(parts);
      if (message[0] !== clientHello) throw notTls();
      const size = message.readUIntBE(1, 3);
      if (size > maxHelloBytes) throw notTls();
      if (gathered >= 4 + size) return message.subarray(4, 4 + size);
    }
    if (part.length < length) return undefined;
    at += recordHeader + length;
  }
  throw notTls();
}

function nameIn(extensions: Fields): string {
  let name: string | undefined;
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type === encryptedHelloExtension) {
      throw new Refusal("encrypted_hello", "The tunnel hides the server's name (ECH); turn that off in the client.");
    }
    if (type !== serverNameExtension) continue;
    if (name !== undefined) throw notTls();
    name = onlyName(new Fields(content));
  }
  if (name === undefined) {
    throw new Refusal("no_server_name", "The tunnel's TLS names no server (SNI); use a client that does.");
  }
  return hostName(name);
}

function onlyName(content: Fields): string {
  const list = new Fields(content.vector(2));
  const type = list.number(1);
  const name = list.vector(2);
  if (type !== hostNameType || !list.isAtEnd || !content.isAtEnd) throw notTls();
  return name.toString("latin1");
}

/** Reads fields one after the other, never past the end. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  skip(count: number): void {
    if (this.#bytes.length - this.#at < count) throw notTls();
    this.#at += count;
  }

  number(size: number): number {
    const start = this.#at;
    this.skip(size);
    return this.#bytes.readUIntBE(start, size);
  }

  /** A length of `size` bytes and that many bytes. */
  vector(size: number): Buffer {
    const length = this.number(size);
    const start = this.#at;
    this.skip(length);
    return this.#bytes.subarray(start, this.#at);
  }
}

function notTls(): Refusal {
  return new Refusal("not_tls", "A tunnel carries TLS that names its server, and nothing else.");
}
