import { Parser } from "../../reader/parser.js";

/** Stands for the program that parses: it does what the name of a document says. */
const PROGRAM = `
import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ name }) => {
  if (name === "hangs") for (;;);
  if (name === "grows") for (const all = []; ; ) all.push(new Array(100_000).fill({}));
  if (name === "throws") throw new Error("no such thing");
  if (name === "ends") process.exit(0);
  parentPort.postMessage({ ok: true, text: name });
});`;

test.each([
  ["hangs", "takes longer than 3 s"],
  ["grows", "more memory"],
  ["throws", "no such thing"],
  ["ends", "ended the program"],
])("a document that %s is refused in a sentence, and the one that waits behind it is read", async (name, message) => {
  const parser = new Parser(new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`), 3_000);
  const read = (document: string) =>
    parser.parse(
      { bytes: new Uint8Array(8), mediaType: "text/plain", name: document },
      document === "grows" ? 60_000 : undefined,
    );
  const [bad, next] = await Promise.all([read(name), read("next")]);
  expect(bad).toMatchObject({ ok: false, code: "unreadable", message: expect.stringContaining(message) });
  expect(next).toEqual({ ok: true, text: "next" });
});
