import { readFile } from "node:fs/promises";
import { OPERATIONS, TAINT_RULES } from "../../src/taint/rules.js";

const SECURITY = new URL("../../../../docs/security.md", import.meta.url);

test("the table of what a tainted agent may do is the same in docs/security.md and in the code", async () => {
  const rows = (await readFile(SECURITY, "utf8")).matchAll(
    /^\| `(\w+)` \| [^|]+ \| (free|ask|deny) \| (free|ask|deny) \|$/gm,
  );
  const documented = [...rows].map(([, operation, clean, tainted]) => [operation, { clean, tainted }]);
  expect(documented).toEqual(OPERATIONS.map((operation) => [operation, TAINT_RULES[operation]]));
});
