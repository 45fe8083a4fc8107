import type { MicroVMs } from "@vibewriter/microvm";
import { ReaderVM } from "../src/reader.js";

const READ = '{"ok":true,"text":"What was read."}';

/** VMs whose reader answers as it is told; says which VM read each document, and which are gone. */
function readers(answer: (document: number) => string) {
  const read: number[] = [];
  const gone: number[] = [];
  let made = 0;
  const create = async () => {
    const vm = ++made;
    return {
      service: async () => {
        read.push(vm);
        return Buffer.from(answer(read.length));
      },
      destroy: async () => void gone.push(vm),
    };
  };
  const reader = new ReaderVM({ create } as unknown as MicroVMs, { name: "reader", memoryMiB: 512, layers: [] });
  const extract = (name = "x", group = "a run") =>
    reader.of(group)({ bytes: Buffer.from("x"), mediaType: "text/plain", name });
  return { reader, read, gone, extract };
}

test("a reader VM reads fifty documents, however many come at once, and then another one does", async () => {
  const { reader, read, gone, extract } = readers(() => READ);
  await Promise.all(Array.from({ length: 101 }, () => extract()));
  expect(read).toEqual([...Array(50).fill(1), ...Array(50).fill(2), 3]);
  expect(gone).toEqual([1, 2]);
  await reader[Symbol.asyncDispose]();
  expect(gone).toEqual([1, 2, 3]);
});

test("one that fails, or answers what is no answer, is thrown away before the next document; a refusal is an answer", async () => {
  const answers: Record<number, () => string> = {
    2: () => '{"ok":false,"code":"unreadable","message":"It is damaged."}',
    3: () => '{"ok":true,"text":""}',
    5: () => {
      throw new Error("The connection broke off.");
    },
  };
  const { reader, read, gone, extract } = readers((document) => answers[document]?.() ?? READ);
  const ended: string[] = [];
  for (let n = 0; n < 6; n++)
    ended.push(
      await extract().then(
        () => "read",
        ({ code }: { code: string }) => code,
      ),
    );
  expect(ended).toEqual(["read", "unreadable", "reader_failed", "read", "reader_failed", "read"]);
  expect(read).toEqual([1, 1, 1, 2, 2, 3]);
  expect(gone).toEqual([1, 2]);
  await reader[Symbol.asyncDispose]();
});

test("files share a reader VM with those of their run alone, and a page of the web with nothing", async () => {
  const { reader, read, gone, extract } = readers(() => READ);
  await extract("notes.md");
  await extract("more.md");
  await extract("https://example.org/");
  await extract("https://example.org/");
  await extract("notes.md");
  await extract("notes.md", "another run");
  expect(read).toEqual([1, 1, 2, 3, 4, 5]);
  expect(gone).toEqual([1, 2, 3, 4]);
  await reader[Symbol.asyncDispose]();
});
