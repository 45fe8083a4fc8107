/**
 * The distances of one signature to many, in WebAssembly: it has an instruction that counts bits, where JavaScript looks them up. 50,000
 * signatures of 1,024 bits take a millisecond instead of four.
 *
 * The module is this, assembled below:
 *
 * ```wat
 * (module
 *   (memory (export "memory") 1)
 *   (func (export "distances") (param $query i32) (param $at i32) (param $count i32) (param $end i32) (param $out i32)
 *     (local $sum i64) (local $q i32)
 *     (loop $signatures
 *       (local.set $sum (i64.const 0))
 *       (local.set $q (local.get $query))
 *       (loop $words                       ;; four at a time, at offsets 0, 8, 16 and 24
 *         (local.set $sum (i64.add (local.get $sum)
 *           (i64.popcnt (i64.xor (i64.load (local.get $at)) (i64.load (local.get $q))))))
 *         (local.set $at (i32.add (local.get $at) (i32.const 32)))
 *         (local.set $q (i32.add (local.get $q) (i32.const 32)))
 *         (br_if $words (i32.ne (local.get $q) (local.get $end))))
 *       (i32.store16 (local.get $out) (i32.wrap_i64 (local.get $sum)))
 *       (local.set $out (i32.add (local.get $out) (i32.const 2)))
 *       (br_if $signatures (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
 * ```
 */
export interface Hamming {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /**
   * Writes how many bits differ, as 16-bit numbers from `out` on. All of it are offsets in the memory.
   * @param end of the query; its length is a multiple of 32 bytes, and that of each signature the same
   * @param count of signatures from `at` on, at least one
   */
  distances(query: number, at: number, count: number, end: number, out: number): void;
}

export const PAGE = 65_536;

/** A module of its own, with a memory of one page. */
export function hamming(): Hamming {
  compiled ??= new WebAssembly.Module(Uint8Array.from(assembled()));
  return new WebAssembly.Instance(compiled).exports as unknown as Hamming;
}

/** As far as it is used here; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
};

let compiled: object | undefined;

const [I32, I64, NOTHING] = [0x7f, 0x7e, 0x40];
const [LOOP, END, BRANCH_IF] = [0x03, 0x0b, 0x0d];
const [I32_CONST, I64_CONST, I64_LOAD, I32_STORE16] = [0x41, 0x42, 0x29, 0x3b];
const [I32_NE, I32_ADD, I32_SUB, I32_WRAP] = [0x47, 0x6a, 0x6b, 0xa7];
const [I64_POPCNT, I64_ADD, I64_XOR] = [0x7b, 0x7c, 0x85];
const [QUERY, AT, COUNT, QUERY_END, OUT, SUM, Q] = [0, 1, 2, 3, 4, 5, 6];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];

function assembled(): number[] {
  const word = (offset: number) => [
    ...get(SUM),
    ...[...get(AT), I64_LOAD, 3, offset, ...get(Q), I64_LOAD, 3, offset, I64_XOR, I64_POPCNT],
    ...[I64_ADD, ...set(SUM)],
  ];
  const advance = (local: number, bytes: number) => [...get(local), I32_CONST, bytes, I32_ADD, ...set(local)];
  const words = [
    ...[0, 8, 16, 24].flatMap(word),
    ...[...advance(AT, 32), ...advance(Q, 32)],
    ...[...get(Q), ...get(QUERY_END), I32_NE, BRANCH_IF, 0],
  ];
  const signatures = [
    ...[I64_CONST, 0, ...set(SUM), ...get(QUERY), ...set(Q)],
    ...[LOOP, NOTHING, ...words, END],
    ...[...get(OUT), ...get(SUM), I32_WRAP, I32_STORE16, 1, 0, ...advance(OUT, 2)],
    ...[...get(COUNT), I32_CONST, 1, I32_SUB, ...tee(COUNT), BRANCH_IF, 0],
  ];
  const locals = [2, 1, I64, 1, I32];
  const body = [...locals, LOOP, NOTHING, ...signatures, END, END];
  const name = (text: string) => [text.length, ...Buffer.from(text)];
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("distances"), 0, 0]),
    ...section(10, [1, ...length(body), ...body]),
  ];
}

function section(id: number, content: number[]): number[] {
  return [id, ...length(content), ...content];
}

/** As LEB128, of two bytes at most. */
function length({ length }: readonly number[]): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
}
