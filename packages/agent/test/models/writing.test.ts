import { writing } from "../../src/models/writing.js";
import type { RunEvent } from "../../src/runs/event.js";

afterEach(() => {
  vi.useRealTimers();
});

it("tells what is written now and then, in whole words, and of a call how long it is", () => {
  vi.useFakeTimers();
  const told: Extract<RunEvent, { type: "writing" }>["data"][] = [];
  const ids = new Set<string>();
  const tell = writing(async (event, id) => {
    if (event.type === "writing") told.push(event.data);
    ids.add(id);
  })({ agent: "vibewriter", task: undefined, step: "main.3" });
  const key = "abc123".repeat(40);
  for (const [n, text] of ["The lighthouse ", "was built in ", "1827, and its key is ", key, " or so, it "].entries()) {
    vi.advanceTimersByTime(2_100);
    tell({ text, characters: (n + 1) * 10 });
  }
  expect(told.map(({ text }) => text)).toEqual([
    "The lighthouse",
    "The lighthouse was built in",
    "The lighthouse was built in 1827, and its key is",
    // The key is not there in part.
    "The lighthouse was built in 1827, and its key is",
    "or so, it",
  ]);
  // Five minutes of pieces, ten a second.
  for (let n = 0; n < 3_000; n++) {
    vi.advanceTimersByTime(100);
    tell({ text: "", tool: "write_file", characters: n });
  }
  expect(told.at(-1)).toMatchObject({ tool: "write_file", text: "", characters: expect.any(Number) });
  expect(told.length).toBeLessThan(60);
  expect(ids.size).toBe(told.length);
});
