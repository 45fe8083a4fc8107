import { sha256 } from "../canonical.js";
import { invalid } from "./rules.js";
import { type RawFile, type Skill, skillOf } from "./skill.js";

/** The tag under which skills are found in the knowledge base. */
export const SKILL_TAG = "skill";

const FENCE = /^(`{3,})skill-file path=(\S{1,200}) mode=(644|755) sha256=([0-9a-f]{64})( no-newline)?$/;

/**
 * A skill as an article: its description as text, then every file, whole, in a block that names its path and the SHA-256 of its bytes. The
 * blocks are all there is: what a reader sees is what is installed.
 */
export function skillArticle({ name, description, files, hash }: Skill): string {
  const blocks = files.map(({ path, executable, text }) => {
    const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
    const end = text === "" || text.endsWith("\n") ? "" : " no-newline";
    const head = `${fence}skill-file path=${path} mode=${executable ? "755" : "644"} sha256=${sha256(text)}${end}`;
    const body = text === "" ? "" : `${text}${end === "" ? "" : "\n"}`;
    return `## ${path}\n\n${head}\n${body}${fence}\n`;
  });
  return `# Skill: ${name}\n\n${escaped(description)}\n\nIts hash is ${hash}.\n\n${blocks.join("\n")}`;
}

/**
 * The skill in an article. Strict: the article has to be, byte for byte, what {@link skillArticle} makes of the skill that is read from it,
 * so nothing in it is left unread, and no other reading of its Markdown installs something else.
 * @throws AgentError `invalid_skill`
 */
export function skillInArticle(markdown: string): Skill {
  const lines = markdown.split("\n");
  const files: RawFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, fence, path, mode, digest, bare] = FENCE.exec(lines[at] ?? "") ?? [];
    if (fence === undefined || path === undefined) continue;
    const end = lines.indexOf(fence, at + 1);
    if (end === -1) throw invalid(`The block of ${path} in the article has no end: it is damaged.`);
    const text = lines.slice(at + 1, end).join("\n") + (end === at + 1 || bare !== undefined ? "" : "\n");
    if (sha256(text) !== digest) throw invalid(`${path} in the article is not what its SHA-256 says: do not use it.`);
    files.push({ path, executable: mode === "755", bytes: Buffer.from(text) });
    at = end;
  }
  if (files.length === 0) throw invalid("The article has no files of a skill in it: it is another kind of article.");
  const skill = skillOf(files);
  if (skillArticle(skill) === markdown) return skill;
  throw invalid(
    "The article says more than the skill, or says it in another form than one that was published: do not use it.",
  );
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** The description is words, whatever Markdown would make of it. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+\-.!|~&]/g, "\\$&");
}
