/** The sum of the products; exact, and so the same on every machine. */
export function dot(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** The cosine of two vectors of one length; 0 if one of them has no direction. */
export function cosine(a: Int8Array, b: Int8Array): number {
  const product = dot(a, b);
  return product === 0 ? 0 : product / Math.sqrt(dot(a, a) * dot(b, b));
}
