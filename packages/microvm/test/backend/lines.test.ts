import { lineWindow } from "../../src/backend/lines.js";
import { mediaType } from "../../src/backend/mime.js";

const text = "one\ntwo\nthree\n";

test.each([
  [0, 500, { content: text, totalLines: 3, startLine: 1, endLine: 3, nextOffset: undefined }],
  [0, 2, { content: "one\ntwo", totalLines: 3, startLine: 1, endLine: 2, nextOffset: 2 }],
  [1, 1, { content: "two", totalLines: 3, startLine: 2, endLine: 2, nextOffset: 2 }],
  [2, 5, { content: "three\n", totalLines: 3, startLine: 3, endLine: 3, nextOffset: undefined }],
  [2, 1, { content: "three", totalLines: 3, startLine: 3, endLine: 3, nextOffset: undefined }],
  [0, 0, { content: "", totalLines: 3 }],
  [-4, 1.9, { content: "one", totalLines: 3, startLine: 1, endLine: 1, nextOffset: 1 }],
  [3, 1, undefined],
])("offset %d, limit %d", (offset, limit, expected) => {
  expect(lineWindow(text, offset, limit)).toEqual(expected);
});

test("windows put together give the text again", () => {
  const whole = Array.from({ length: 97 }, (_, n) => `line ${n}`).join("\n");
  const parts: string[] = [];
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const window = lineWindow(whole, offset, 10);
    parts.push(window?.content ?? "");
    offset = window?.nextOffset;
  }
  expect(parts.join("\n")).toBe(whole);
});

test("an empty text has no lines and is no error", () => {
  expect(lineWindow("", 0, 10)).toEqual({ content: "", totalLines: 0 });
});

test("media types by ending", () => {
  expect(mediaType("/a/b.PNG")).toEqual({ mimeType: "image/png", isText: false });
  expect(mediaType("/a/Dockerfile")).toEqual({ mimeType: "text/plain", isText: true });
  expect(mediaType("/a/b.json").isText).toBe(true);
});
