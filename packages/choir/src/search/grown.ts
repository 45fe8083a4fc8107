/** The array itself, or a copy with room for `length` numbers and as many again, zeros behind what was there. */
export function grown<T extends Uint32Array | Uint16Array | Uint8Array | Float64Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const copy = new (array.constructor as new (length: number) => T)(Math.max(8, length * 2));
  copy.set(array);
  return copy;
}
