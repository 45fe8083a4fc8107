import { checkCitations, gate, readableReport } from "../../src/index.js";

const SOURCES = [{ id: "S1", title: "Caps", uri: "file:caps.md", text: "The supply cap of USDC is $500 million." }];
const DEAD = { id: "S2", title: "Gone", uri: "https://gone.example", text: "", unreachable: "It answers with 404." };

test("a person reads what passed, what failed and why, and what cites nothing, as text", () => {
  const draft =
    "# Caps\n\nThe supply cap of USDC is $500 million [S1]. The supply cap of USDC is $900 million [S1]. The cap fell by 3% [S2]. " +
    "It was <b>$7 million</b> | `once` in 2024.\n";
  const report = checkCitations(draft, [...SOURCES, DEAD]);
  expect(report.measures).toEqual({ precision: 1 / 2, recall: 1 / 4, unreachable: 1 / 3 });
  const text = readableReport(report, gate(report, draft));
  expect(text).toContain("**Does not pass.** Only 1 of 3 citations are supported");
  expect(text).toContain("Text-matched:");
  expect(text).toContain("| 1 | supported | S1 supported | The supply cap of USDC is $500 million \\[S1\\]. |");
  expect(text).toMatch(/- \*\*contradicted\*\*: The supply cap of USDC is \$900 million .*\n {2}- S1: .*\$500 million/);
  expect(text).toMatch(/- \*\*unreachable\*\*: .*\n {2}- S2: Source S2 could not be read: It answers with 404\./);
  expect(text).toMatch(/## What states something and cites nothing\n\n- It was \$7 million \\\| once in 2024\./);
});

test("a draft that could not be checked says so", () => {
  const failed = {
    ...checkCitations("x", []),
    problems: [{ code: "check_failed" as const, message: "It took too long." }],
  };
  expect(readableReport(failed, gate(failed, "x"))).toContain("**Does not pass.** It took too long.");
});
