import { z } from "zod";
import { canonicalJson, sha256 } from "../canonical.js";
import { visibleText } from "../sanitize.js";
import { readFrontMatter } from "./front-matter.js";
import { invalid, MOST_BYTES, MOST_FILES, SKILL_FILE, tooLarge } from "./rules.js";
import type { SkillFile } from "./skill-file.js";

/** A file as it was found, not yet judged. */
export interface RawFile {
  readonly path: string;
  readonly executable: boolean;
  readonly bytes: Uint8Array;
}

/** A skill that keeps to all rules below. */
export interface Skill {
  readonly name: string;
  /** One line of visible text. */
  readonly description: string;
  /** By path. */
  readonly files: readonly SkillFile[];
  /** Names exactly these files: SHA-256, hexadecimal. */
  readonly hash: string;
}

/** deepagents' own bounds. */
const LONGEST_DESCRIPTION = 1_024;
const LONGEST_NAME = 64;
const LONGEST_PATH = 200;
const DEEPEST = 8;

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** No hidden names, and so no `.` and `..`; nothing that a shell or a Markdown fence reads as more than a name. */
const PATH_PART = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export const SkillName = z
  .string()
  .max(LONGEST_NAME)
  .regex(NAME, "A skill's name is up to 64 lower-case letters and digits with single hyphens between them.");

/**
 * A skill from its files. Line ends and what is invisible in `SKILL.md`, which models read, are cleaned; in all other files, which run, what
 * a person could not see is refused.
 * @param o.folder what the folder of these files is called, which is the skill's name; absent: whatever `SKILL.md` says
 * @throws AgentError `invalid_skill`, in a sentence that names the file and what to do
 */
export function skillOf(raw: readonly RawFile[], o: { folder?: string } = {}): Skill {
  requireBounds(raw);
  const paths = new Map<string, string>();
  for (const { path } of raw) requirePath(path, paths);
  const files = raw.map(textFile).sort((a, b) => (a.path < b.path ? -1 : 1));
  const main = files.find(({ path }) => path === SKILL_FILE);
  if (main === undefined) throw invalid(`It has no ${SKILL_FILE}: a skill is a folder with one.`);
  const { name, description } = readFrontMatter(main.text);
  if (!SkillName.safeParse(name).success) {
    throw invalid(
      `Its name, ${JSON.stringify(name.slice(0, 80))}, is not 1-64 lower-case letters, digits and hyphens.`,
    );
  }
  if (o.folder !== undefined && o.folder !== name) {
    throw invalid(
      `Its folder is called ${JSON.stringify(o.folder)} and its ${SKILL_FILE} ${name}: give both one name.`,
    );
  }
  if (description.length > LONGEST_DESCRIPTION) {
    throw invalid(
      `Its description has ${description.length} characters and may have ${LONGEST_DESCRIPTION}: shorten it.`,
    );
  }
  return {
    name,
    description,
    files,
    hash: hashOfFiles(files.map(({ text, ...file }) => ({ ...file, content: text }))),
  };
}

/** The hash of a skill: over a canonical listing of its files, each with its path, whether it is executable, and the SHA-256 of its bytes. */
export function hashOfFiles(
  files: readonly { path: string; executable: boolean; content: Uint8Array | string }[],
): string {
  const listing = files
    .map(({ path, executable, content }) => ({ path, executable, sha256: sha256(content) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(`vibewriter/skill/1\n${canonicalJson(listing)}`);
}

/** As `node --test` without a process around each file: where a processor is emulated, to start one takes seconds. */
const EACH_WITH_NODE = 'for test; do node "$test" || exit 1; done';

/** How the skill's own test is run, in the folder of the skill: the first of these that it has. */
export function testCommand(files: readonly Pick<SkillFile, "path">[]): string[] | undefined {
  const paths = files.map(({ path }) => path).sort();
  if (paths.includes("test/run.sh")) return ["sh", "test/run.sh"];
  const node = paths.filter((path) => /^test\/[^/]+\.test\.(?:mjs|js)$/.test(path));
  if (node.length > 0) return ["sh", "-c", EACH_WITH_NODE, "sh", ...node];
  if (paths.some((path) => /^test\/test_[^/]+\.py$/.test(path)))
    return ["python3", "-m", "unittest", "discover", "-s", "test"];
  return undefined;
}

function requireBounds(raw: readonly RawFile[]): void {
  if (raw.length > MOST_FILES) throw invalid(`It has more than ${MOST_FILES} files: leave out what it does not need.`);
  const bytes = raw.reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes > MOST_BYTES) throw tooLarge();
}

function requirePath(path: string, seen: Map<string, string>): void {
  const parts = path.split("/");
  const isGood = path.length <= LONGEST_PATH && parts.length <= DEEPEST && parts.every((part) => PATH_PART.test(part));
  if (!isGood) {
    const rule = "letters, digits, '.', '_' and '-', not beginning with '.'";
    throw invalid(`It has a file ${JSON.stringify(path.slice(0, 120))}: names are ${rule}, at most ${DEEPEST} deep.`);
  }
  const folded = path.toLowerCase();
  const other = seen.get(folded);
  if (other !== undefined) throw invalid(`${other} and ${path} are one file where case does not count: rename one.`);
  seen.set(folded, path);
}

function textFile({ path, executable, bytes }: RawFile): SkillFile {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalid(
      `${path} is not UTF-8 text: a skill has no binary files, because nobody could read what they approve.`,
      cause,
    );
  }
  const visible = visibleText(text);
  if (path === SKILL_FILE) return { path, executable, text: visible };
  if (text.replace(/\r\n?/g, "\n") !== visible) {
    throw invalid(`${path} has characters that nobody can see: write them as escapes, or leave them out.`);
  }
  return { path, executable, text };
}
