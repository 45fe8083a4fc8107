/**
 * Cuts bytes that come in any sizes into parts of exactly `size` bytes, the last one shorter. What comes in parts is
 * copied: whoever sends it may use its buffer again.
 */
export async function* rechunk(
  content: Uint8Array | AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (content instanceof Uint8Array) {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
    return;
  }
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of content) {
    let rest = part;
    while (bytes + rest.length >= size) {
      const taken = rest.subarray(0, size - bytes);
      rest = rest.subarray(taken.length);
      yield Buffer.concat([...held, taken]);
      held = [];
      bytes = 0;
    }
    if (rest.length > 0) {
      held.push(Buffer.from(rest));
      bytes += rest.length;
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}
