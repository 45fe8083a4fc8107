import { afterAll, vi } from "vitest";

// Another file's tests come next in this process: they find its environment, its clock and its functions as this file found them.
const found = { ...process.env };

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in found)) delete process.env[name];
  Object.assign(process.env, found);
});
