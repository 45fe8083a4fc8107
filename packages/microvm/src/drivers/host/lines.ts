import type { Readable } from "node:stream";

/**
 * The lines of a stream, read as they are asked for. They end early, and the stream with them, at one that is longer than `maxBytes`: a
 * peer that is not to be trusted decides how long its lines are.
 */
export async function* boundedLines(stream: Readable, maxBytes: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        const line = Buffer.concat([...parts, chunk.subarray(start, end)]);
        if (line.length > maxBytes) return;
        yield line.toString("utf8");
        [parts, size, start] = [[], 0, end + 1];
      }
      parts.push(chunk.subarray(start));
      size += chunk.length - start;
      if (size > maxBytes) return;
    }
  } catch {
    // A stream that fails has no more lines.
  } finally {
    stream.destroy();
  }
}
