/**
 * A vector as one bit a dimension: it is turned by a fixed random rotation, and the signs are kept. The share of bits in
 * which two signatures differ estimates the angle between the vectors (Charikar 2002). Without the rotation the signs
 * would say little about vectors with few large numbers, such as hashed words.
 */
export function signatureOf(vector: Int8Array): Buffer {
  const bits = signatureBits(vector.length);
  const turned = new Int32Array(bits);
  const signs = signsOf(bits);
  for (let i = 0; i < vector.length; i++) turned[i] = (vector[i] ?? 0) * (signs[i] ?? 1);
  hadamard(turned);
  const signature = Buffer.alloc(bits / 8);
  for (let i = 0; i < bits; i++) {
    if ((turned[i] ?? 0) > 0) signature[i >> 3] = (signature[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return signature;
}

/** Bits of the signatures of vectors of this length: the next power of two, at least 256. */
export function signatureBits(dimensions: number): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2(dimensions)));
}

/** The fast Walsh-Hadamard transform, in place. Of integers below 2^7 and 2^16 places it stays far below 2^31. */
function hadamard(values: Int32Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const a = values[i] ?? 0;
        const b = values[i + half] ?? 0;
        values[i] = (a + b) | 0;
        values[i + half] = (a - b) | 0;
      }
    }
  }
}

const known = new Map<number, Int8Array>();

function signsOf(length: number): Int8Array {
  const made = known.get(length);
  if (made) return made;
  const signs = new Int8Array(length);
  let state = 12_345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    signs[i] = state < 0 ? -1 : 1;
  }
  known.set(length, signs);
  return signs;
}
