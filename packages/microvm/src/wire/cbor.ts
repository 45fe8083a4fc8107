import { MicroVMError } from "../errors.js";

/** The values of the protocol's CBOR subset; numbers are integers within ±(2^53 - 1). */
export type CborValue = null | boolean | number | string | Uint8Array | CborValue[] | CborMap;

/** A decoded map has no prototype, so that a key such as `__proto__` is only a key. */
export interface CborMap {
  [key: string]: CborValue | undefined;
}

const maxDepth = 16;
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encodes a value of the subset; keys whose value is undefined are left out. */
export function encodeCbor(value: CborValue): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/**
 * Decodes exactly one value: definite lengths, shortest forms, text keys, no tags, no floats, no duplicate keys, nesting
 * at most 16.
 * Throws MicroVMError `protocol_violation` for everything else, trailing bytes included.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.position !== bytes.length) throw malformed("bytes follow the value");
  return value;
}

function write(value: CborValue | undefined, out: Uint8Array[]): void {
  if (value === undefined) throw new TypeError("undefined has no place in the protocol");
  if (value === null) out.push(Uint8Array.of(0xf6));
  else if (value === false) out.push(Uint8Array.of(0xf4));
  else if (value === true) out.push(Uint8Array.of(0xf5));
  else if (typeof value === "number") writeInteger(value, out);
  else if (typeof value === "string") {
    const bytes = utf8.encode(value);
    head(3, bytes.length, out);
    out.push(bytes);
  } else if (value instanceof Uint8Array) {
    head(2, value.length, out);
    out.push(value);
  } else if (Array.isArray(value)) {
    head(4, value.length, out);
    for (const item of value) write(item, out);
  } else {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    head(5, entries.length, out);
    for (const [key, item] of entries) {
      write(key, out);
      write(item, out);
    }
  }
}

function writeInteger(value: number, out: Uint8Array[]): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not an integer of the protocol`);
  if (value >= 0) head(0, value, out);
  else head(1, -1 - value, out);
}

function head(major: number, argument: number, out: Uint8Array[]): void {
  const type = major << 5;
  if (argument < 24) out.push(Uint8Array.of(type | argument));
  else if (argument < 0x100) out.push(Uint8Array.of(type | 24, argument));
  else if (argument < 0x1_0000) out.push(Uint8Array.of(type | 25, argument >> 8, argument & 0xff));
  else {
    const wide = argument >= 0x1_0000_0000;
    const bytes = Buffer.alloc(wide ? 9 : 5);
    bytes[0] = type | (wide ? 27 : 26);
    if (wide) bytes.writeBigUInt64BE(BigInt(argument), 1);
    else bytes.writeUInt32BE(argument, 1);
    out.push(bytes);
  }
}

class Reader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): CborValue {
    const initial = this.#view.getUint8(this.#advance(1));
    const major = initial >> 5;
    if (major === 7) return simple(initial & 0x1f);
    const argument = this.#argument(initial & 0x1f);
    switch (major) {
      case 0:
        return argument;
      case 1:
        return negative(argument);
      case 2:
        return this.#take(argument).slice();
      case 3:
        return this.#text(argument);
      case 4:
        return this.#array(argument, depth + 1);
      case 5:
        return this.#map(argument, depth + 1);
      default:
        throw malformed("a tag");
    }
  }

  #array(argument: number, depth: number): CborValue[] {
    const count = this.#count(argument, 1, depth);
    const items: CborValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.value(depth));
    return items;
  }

  #map(argument: number, depth: number): CborMap {
    const count = this.#count(argument, 2, depth);
    const map: CborMap = Object.create(null);
    for (let index = 0; index < count; index++) {
      const key = this.value(depth);
      if (typeof key !== "string") throw malformed("a key that is not a string");
      if (key in map) throw malformed("a key twice");
      map[key] = this.value(depth);
    }
    return map;
  }

  /** A count is believed only if that many items of `least` bytes could still follow. */
  #count(argument: number, least: number, depth: number): number {
    if (depth > maxDepth) throw malformed("nesting deeper than 16");
    if (argument * least > this.#bytes.length - this.position) throw malformed("a count longer than the payload");
    return argument;
  }

  #text(argument: number): string {
    try {
      return strictUtf8.decode(this.#take(argument));
    } catch (cause) {
      if (cause instanceof MicroVMError) throw cause;
      throw malformed("text that is not UTF-8");
    }
  }

  #argument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return shortest(this.#view.getUint8(this.#advance(1)), 24);
    if (info === 25) return shortest(this.#view.getUint16(this.#advance(2)), 0x100);
    if (info === 26) return shortest(this.#view.getUint32(this.#advance(4)), 0x1_0000);
    if (info !== 27) throw malformed("an indefinite or reserved length");
    return shortest(Number(this.#view.getBigUint64(this.#advance(8))), 0x1_0000_0000);
  }

  #take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, this.position);
  }

  #advance(length: number): number {
    const start = this.position;
    if (length > this.#bytes.length - start) throw malformed("a value cut short");
    this.position = start + length;
    return start;
  }
}

function simple(info: number): CborValue {
  if (info === 20) return false;
  if (info === 21) return true;
  if (info === 22) return null;
  throw malformed("a float or an unknown simple value");
}

function negative(argument: number): number {
  if (argument >= Number.MAX_SAFE_INTEGER) throw malformed("an integer past 2^53 - 1");
  return -1 - argument;
}

/** A number that its own length field was needed for. */
function shortest(argument: number, least: number): number {
  if (argument < least) throw malformed("a number longer than it need be");
  if (argument > Number.MAX_SAFE_INTEGER) throw malformed("an integer past 2^53 - 1");
  return argument;
}

function malformed(what: string): MicroVMError {
  return new MicroVMError(
    "protocol_violation",
    `The VM sent malformed CBOR (${what}); its connection was closed, and the next call opens a new one.`,
  );
}
