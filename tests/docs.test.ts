import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/cli.js";

const FOLDERS = ["packages", "apps", "skills"].flatMap((rooms) =>
  readdirSync(join(ROOT, rooms)).map((room) => `${rooms}/${room}/test`),
);
const FILES = [...FOLDERS, "tests"].flatMap((folder) =>
  existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`)
    : [],
);
const texts = new Map<string, string>();

/** A file of tests, with line breaks and quotes as in a sentence about it. */
function textOf(path: string): string {
  const known =
    texts.get(path) ?? readFileSync(join(ROOT, path), "utf8").replaceAll('\\"', '"').replaceAll(/\s+/g, " ");
  texts.set(path, known);
  return known;
}

/**
 * What a line of a document says of tests that is not so: `path/x.test.ts` that is not there, or "a name" that is in none of the files and folders which the line
 * has named before it. A name may end in "...".
 */
function wrongIn(line: string): string[] {
  const wrong: string[] = [];
  const places: string[] = [];
  for (const [, file, folder, name] of line.matchAll(
    /`([^`]*\.test\.ts)`|`((?:packages|apps|skills|tests)\/[^`]*\/)`|"([^"]+)"/g,
  )) {
    if (name === undefined) {
      const isIt = (path: string) =>
        file === undefined ? path.startsWith(folder ?? "") : path === file || path.endsWith(`/${file}`);
      const found = FILES.filter(isIt);
      if (found.length === 0 && file !== undefined) wrong.push(`There is no ${file}.`);
      places.push(...found);
    } else if (places.length > 0) {
      const beginning = name.replace(/ ?(\.\.\.|…)$/, "");
      if (!places.some((path) => textOf(path).includes(beginning))) wrong.push(`No test is called ${name}.`);
    }
  }
  return wrong;
}

it.each(["docs/security.md", "docs/specification.md"])("%s names tests that are there", (document) => {
  // Rows of tables and points of lists stand alone; what is between them goes over lines.
  const lines = readFileSync(join(ROOT, document), "utf8")
    .replaceAll(/([^|\n])\n(?=[^|\n-])/g, "$1 ")
    .split("\n");
  expect(lines.flatMap(wrongIn)).toEqual([]);
  expect(lines.filter((line) => line.includes(".test.ts")).length).toBeGreaterThan(50);
});

it("is not satisfied by a name that no test has, or a file that is not there", () => {
  expect(wrongIn('| `tests/docs.test.ts`, "%s names tests that are there", "is not sat..." |')).toEqual([]);
  const none = ["nobody", "has", "written", "this"].join(" ");
  expect(wrongIn(`| \`tests/docs.test.ts\`, "${none}"; \`tests/none.test.ts\` |`)).toEqual([
    `No test is called ${none}.`,
    "There is no tests/none.test.ts.",
  ]);
});
