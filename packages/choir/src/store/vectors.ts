/** An Int8Array as sqlite-vec takes it. */
export function blob(vector: Int8Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** A vector without a direction has no cosine with anything. */
export function isZero(vector: Int8Array): boolean {
  return vector.every((value) => value === 0);
}
