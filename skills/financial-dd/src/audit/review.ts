import { type Status, statusIn, statusOf } from "./status.js";

/** What an audit report says of itself, each with the words that say it. */
export interface AuditReview {
  readonly auditor?: Said;
  readonly commits: readonly Said[];
  readonly dates: readonly Said[];
  readonly scope: readonly Said[];
  readonly findings: readonly AuditFinding[];
  /** As the report's own table counts them. */
  readonly counted: Readonly<Partial<Record<Level, number>>>;
  readonly open: number;
  readonly notes: readonly string[];
}

export interface Said {
  readonly value: string;
  /** Line of the text, from 1, and the line itself. */
  readonly line: number;
  readonly quote: string;
}

export type Level = "critical" | "high" | "medium" | "low" | "informational";

export interface AuditFinding {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly status: Status;
  readonly line: number;
  readonly quote: string;
}

const AUDITORS =
  /\b(OpenZeppelin|Trail of Bits|ConsenSys Diligence|Spearbit|Cantina|Sherlock|Code4rena|Halborn|CertiK|Quantstamp|PeckShield|Hacken|Zellic|ChainSecurity|Certora|Cyfrin|MixBytes|Sigma Prime|Dedaub|OtterSec|Runtime Verification|ABDK|Pashov|yAudit|Guardian|Ackee|Nethermind|Oxorio|BlockSec|SlowMist|Least Authority|NCC Group)\b/i;
/** Who is said to have made it, where it is none of these. */
const NAMED_AUDITOR =
  /(?<=\b(?:[Aa]uditors?\**\s*[:|]\s*\**|(?:[Aa]udit|[Aa]udited|[Pp]repared|[Cc]onducted|[Rr]eviewed) by\s+\**))\p{Lu}[\p{L}\p{N}&' -]{1,60}/u;
const MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December";
const DATE = new RegExp(
  `\\b(\\d{4}-\\d{2}-\\d{2}|(?:${MONTHS})\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+\\d{4}|\\d{1,2}(?:st|nd|rd|th)?\\s+(?:${MONTHS})\\s+\\d{4})\\b`,
  "g",
);
const LEVELS: readonly (readonly [RegExp, Level])[] = [
  [/\bcritical\b/i, "critical"],
  [/\b(high|major)\b/i, "high"],
  [/\b(medium|moderate)\b/i, "medium"],
  [/\b(low|minor)\b/i, "low"],
  [/\b(info|informational|note|gas|undetermined|best practices?)\b/i, "informational"],
];
/** `H-01`, `TOB-VAULT-3`, `M2`; names of standards are none. */
const ID =
  /\b(?!(?:ERC|EIP|BIP|RFC|SHA|AES|UTF|ISO|CVE|CWE|SWC)-?\d)((?:[A-Z]{1,6}-)?(?:C|H|M|L|I|N|G|QSP|TOB|CS|CVF|FIND)-?\d{1,3}|[A-Z]{2,12}(?:-[A-Z]{2,12})?-\d{1,3}|[CHML]\d{1,2})\b/;

/** Reads the text of an audit report. What it does not find it does not make up. */
export function reviewAudit(text: string): AuditReview {
  const lines = text.split(/\r?\n/);
  const known = firstOf(lines, AUDITORS);
  const auditor = known ?? firstOf(lines, NAMED_AUDITOR);
  const commits = allOf(lines, /\b([0-9a-f]{40})\b/g).concat(
    allOf(lines, /\bcommit(?:\s+(?:hash|id))?\s*[:`(#]*\s*([0-9a-f]{7,39})\b/gi),
  );
  const findings = findingsIn(lines);
  const counted = countedIn(lines);
  const open = findings.filter((finding) => finding.status === "open" || finding.status === "not said").length;
  const notes = [
    ...(commits.length === 0 ? ["It names no commit: nobody can say which code was looked at."] : []),
    ...(known
      ? []
      : [
          auditor
            ? `${auditor.value} is no auditor that is known by name here.`
            : "No auditor that is known by name is mentioned.",
        ]),
    ...(findings.length === 0 ? ["No list of findings was recognised; read it by hand."] : []),
    ...disagreements(findings, counted),
  ];
  return {
    auditor,
    commits: unique(commits),
    dates: unique(allOf(lines, DATE)).slice(0, 10),
    scope: scopeIn(lines),
    findings,
    counted,
    open,
    notes,
  };
}

function firstOf(lines: readonly string[], pattern: RegExp): Said | undefined {
  for (const [at, line] of lines.entries()) {
    const found = pattern.exec(line);
    if (found?.[0]) return said(found[0], at, line);
  }
  return undefined;
}

function allOf(lines: readonly string[], pattern: RegExp): Said[] {
  return lines.flatMap((line, at) => [...line.matchAll(pattern)].map((match) => said(match[1] ?? match[0], at, line)));
}

function said(value: string, at: number, line: string): Said {
  return { value, line: at + 1, quote: line.trim().slice(0, 200) };
}

function unique(list: readonly Said[]): Said[] {
  return list.filter((one, at) => list.findIndex((other) => other.value === one.value) === at);
}

/** Names of source files; where the report lists them under "scope", only those. */
function scopeIn(lines: readonly string[]): Said[] {
  const start = lines.findIndex((line) => /^[#\s\d.]*\b(scope|files? in scope|audit(ed)? scope)\b/i.test(line));
  const end =
    start === -1 ? -1 : lines.findIndex((line, at) => at > start && /^#+\s/.test(line) && !/scope/i.test(line));
  const part = start === -1 ? lines : lines.slice(start, end === -1 ? start + 120 : end);
  const found = allOf(part, /([\w./-]+\.(?:sol|vy|rs|cairo|move))\b/g).map((one) => ({
    ...one,
    line: one.line + Math.max(0, start),
  }));
  return unique(found).slice(0, 100);
}

function findingsIn(lines: readonly string[]): AuditFinding[] {
  const found = new Map<string, AuditFinding>();
  for (const [at, line] of lines.entries()) {
    const isHeading = /^#{1,6}\s|^\s*\**\[?[A-Z]{1,12}(?:-[A-Z]{1,12})?-?\d/.test(line);
    const isRow = /^\s*\|.*\|/.test(line) || /\t/.test(line);
    const id = ID.exec(line)?.[1];
    if (!id || !(isHeading || isRow)) continue;
    const around = isRow ? [line] : section(lines, at);
    const level = levelOf(isRow ? line : `${line}\n${/severity\W+(\w+)/i.exec(around.join("\n"))?.[0] ?? ""}`, id);
    if (!level) continue;
    const status = isRow ? statusOfRow(line, id) : statusOf(around);
    const known = found.get(id);
    if (known && (known.status !== "not said" || status === "not said")) continue;
    found.set(id, {
      id,
      title: known?.title ?? titleOf(line, id),
      level: known?.level ?? level,
      status,
      line: at + 1,
      quote: line.trim().slice(0, 200),
    });
  }
  return [...found.values()];
}

/** From a finding's first line to the next finding or to a heading of its own depth or above: headings below it are its parts. */
function section(lines: readonly string[], at: number): string[] {
  const depthOf = (line: string) => /^(#{1,6})\s/.exec(line)?.[1]?.length;
  const depth = depthOf(lines[at] ?? "") ?? 6;
  const end = lines.findIndex(
    (line, next) => next > at && ((depthOf(line) ?? 7) <= depth || /^[#*[\s]*$/.test(line.slice(0, line.search(ID)))),
  );
  return lines.slice(at, end === -1 ? at + 120 : end);
}

/** The last cell that says it: a finding's title may begin with the same words. */
function statusOfRow(line: string, id: string): Status {
  const cells = line.split(/[|\t]/).filter((cell) => cell.trim() !== "" && !cell.includes(id));
  const title = titleOf(line, id);
  return cells.reverse().flatMap((cell) => (cell.includes(title) ? [] : (statusIn(cell) ?? [])))[0] ?? "not said";
}

function levelOf(text: string, id: string): Level | undefined {
  const rest = text.replace(id, " ");
  const named = LEVELS.find(([pattern]) => pattern.test(rest))?.[1];
  const byLetter: Record<string, Level> = {
    C: "critical",
    H: "high",
    M: "medium",
    L: "low",
    I: "informational",
    N: "informational",
    G: "informational",
  };
  const letter = /(?:^|-)([CHMLING])-?\d/.exec(id)?.[1];
  return (letter && byLetter[letter]) || named;
}

function titleOf(line: string, id: string): string {
  const text = line.includes("|") ? titleCell(line, id) : line.slice(line.indexOf(id) + id.length);
  return text
    .replace(/^[\]\s:.)*_-]+/, "")
    .replace(/[*_`#]/g, "")
    .trim()
    .slice(0, 160);
}

/** The first cell that is more than an id, a level, a number or a status: a title may be short, and begin as a status does. */
function titleCell(line: string, id: string): string {
  const cells = line
    .split("|")
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2}/u.test(part) && !part.includes(id) && !ONLY_A_LEVEL.test(part));
  return cells.find((cell) => statusIn(cell) === undefined) ?? cells[0] ?? "";
}

const ONLY_A_LEVEL =
  /^\W*(?:critical|high|major|medium|moderate|low|minor|info|informational|note|gas|undetermined|best practices?)(?:\s+(?:risk|severity))?\W*$/i;

/** `| High | 2 |`, `Critical: 0` */
function countedIn(lines: readonly string[]): Partial<Record<Level, number>> {
  const counted: Partial<Record<Level, number>> = {};
  for (const line of lines) {
    const [, name, count] =
      /^[\s|*-]*(critical|high|major|medium|moderate|low|minor|informational|info|note)s?(?:\s+(?:risk|severity|issues?|findings?))*[\s|*:]+(\d{1,3})\b[\s|*]*/i.exec(
        line,
      ) ?? [];
    const level = name && LEVELS.find(([pattern]) => pattern.test(name))?.[1];
    if (level && count !== undefined) counted[level] ??= Number(count);
  }
  return counted;
}

function disagreements(findings: readonly AuditFinding[], counted: Partial<Record<Level, number>>): string[] {
  if (findings.length === 0) return [];
  return Object.entries(counted).flatMap(([level, count]) => {
    const listed = findings.filter((finding) => finding.level === level).length;
    return listed === count ? [] : [`Its table counts ${count} ${level}, and ${listed} were found in its text.`];
  });
}
