// Texts that are on a machine anyway, as Markdown: what novelty is tried on.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const SMALLEST = 3_000;
const LARGEST = 60_000;

/** READMEs and other documentation in a folder of packages. */
export function readmes(folder) {
  return filesIn(
    folder,
    (name) => /\.(md|markdown)$/i.test(name) && !/change|history|licen[cs]e|notice|security/i.test(name),
  ).map((path) => readFileSync(path, "utf8"));
}

/** Plain text, Markdown and reStructuredText below a folder, gzipped or not. */
export function documents(folder) {
  return filesIn(folder, (name) => /\.(md|txt|rst|text)(\.gz)?$/i.test(name)).map(content);
}

/** Manual pages of a language ("" for English), of the given sections. */
export function manPages(language, sections = [1, 5, 7, 8], root = "/usr/share/man") {
  return sections.flatMap((section) =>
    filesIn(join(root, language, `man${section}`), () => true)
      // Thousands of pages of one command line are variations of one text.
      .filter((path) => !/gcloud|\/aws/.test(path))
      .map((path) => markdownOfRoff(content(path))),
  );
}

/** The texts that share little with those before them, of a usual length, in the order given. */
export function distinct(texts, { words = 400, shared = 0.15 } = {}) {
  const seen = new Set();
  return texts.filter((text) => {
    const list = wordsOf(text);
    if (list.length < words) return false;
    const shingles = list.slice(4).map((_, i) => list.slice(i, i + 5).join(" "));
    const known = shingles.filter((shingle) => seen.has(shingle)).length;
    for (const shingle of shingles) seen.add(shingle);
    return known < shingles.length * shared;
  });
}

export function wordsOf(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function content(path) {
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function filesIn(folder, isWanted) {
  let names = [];
  try {
    names = readdirSync(folder, { recursive: true });
  } catch {
    return [];
  }
  return names
    .map(String)
    .filter((name) => isWanted(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => {
      const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
      return size > SMALLEST / (path.endsWith(".gz") ? 3 : 1) && size < LARGEST && statSync(path).isFile();
    });
}

const SPECIAL = {
  ":a": "ä",
  ":o": "ö",
  ":u": "ü",
  ":A": "Ä",
  ":O": "Ö",
  ":U": "Ü",
  ss: "ß",
  "'e": "é",
  "`e": "è",
  "^e": "ê",
  "`a": "à",
  ",c": "ç",
  "^o": "ô",
  "^i": "î",
  "`u": "ù",
  aq: "'",
  dq: '"',
  lq: "“",
  rq: "”",
  Fo: "«",
  Fc: "»",
  em: "—",
  en: "–",
  bu: "•",
  oq: "‘",
  cq: "’",
};

/** A manual page as Markdown, roughly: headings, paragraphs, words. */
function markdownOfRoff(roff) {
  const lines = [];
  for (const line of roff.split("\n")) {
    if (/^['.]\s*\\"/.test(line)) continue;
    const macro = /^[.']\s*(\w+)\s*(.*)$/.exec(line);
    if (macro?.[1] === "SH" || macro?.[1] === "Sh") lines.push("", `## ${plain(macro[2])}`, "");
    else if (macro?.[1] === "SS" || macro?.[1] === "Ss") lines.push("", `### ${plain(macro[2])}`, "");
    else if (macro && /^(PP|P|LP|TP|IP|Pp|It|RS|RE|sp|HP)$/.test(macro[1])) lines.push("");
    else if (macro && /^(B|I|BR|BI|IR|IB|RB|RI|Nm|Ar|Fl|Xr|Pa|Em|Sy|Dq|Sq|Li|Ic|Cm)$/.test(macro[1]))
      lines.push(plain(macro[2]));
    else if (!macro && !/^[.']/.test(line)) lines.push(plain(line));
  }
  const text = lines.join("\n").replace(/\n{3,}/g, "\n\n");
  return `# ${/## .*\n+([^\n]+)/.exec(text)?.[1] ?? "Page"}\n${text}`;
}

function plain(text) {
  return text
    .replace(/\\f(?:\[\w*\]|\(\w\w|\w)/g, "")
    .replace(/\\[s][-+]?\d+/g, "")
    .replace(/\\\((..)|\\\[([^\]]+)\]/g, (_, two, name) => SPECIAL[two ?? name] ?? " ")
    .replace(/\\[&/|^%]/g, "")
    .replace(/\\e/g, "\\")
    .replace(/\\-/g, "-")
    .replace(/\\[ ~]/g, " ")
    .replace(/\\(.)/g, "$1")
    .replace(/"/g, "");
}
