import { parseEvents } from "../src/sse.js";

async function* chunks(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("server-sent events", () => {
  const text = ': \n\nid: 4\nevent: plan\ndata: {"a":"ü"}\n\nevent: end\ndata: {}\n\nid: 5\ndata: half';

  it.each([1, 2, 3, 7, 1000])("are the same however the bytes arrive (%i at a time)", async (size) => {
    const events = [];
    for await (const event of parseEvents(chunks(text, size))) events.push(event);
    expect(events).toEqual([
      { id: "4", event: "plan", data: '{"a":"ü"}' },
      { id: undefined, event: "end", data: "{}" },
    ]);
  });
});
