import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

test("the lines of the README say of a draft what does not hold", async () => {
  const readme = await readFile(join(import.meta.dirname, "../README.md"), "utf8");
  const lines = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  // Below this package: the lines import it by its name.
  const folder = await mkdtemp(join(import.meta.dirname, "lines-"));
  try {
    await mkdir(join(folder, "sources"));
    await writeFile(join(folder, "sources/caps.md"), "# Caps\n\nThe supply cap of USDC is $500 million.\n");
    await writeFile(join(folder, "draft.md"), "# Caps\n\nThe supply cap of USDC is $900 million [S1].\n");
    await writeFile(join(folder, "check.mjs"), lines);
    const { stdout } = await promisify(execFile)(process.execPath, ["check.mjs"], { cwd: folder, timeout: 25_000 });
    expect(stdout).toContain("**Does not pass.**");
    expect(stdout).toMatch(
      /\*\*contradicted\*\*: The supply cap of USDC is \$900 million .*\n {2}- S1: .*\$500 million/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
