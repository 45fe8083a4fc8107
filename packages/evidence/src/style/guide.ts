import { type Document, parseDocument } from "yaml";
import { z } from "zod";
import { EvidenceError } from "../errors.js";
import { CITATION_STYLES } from "../report/styles/index.js";
import { type Refused, withoutOrders } from "./orders.js";

/** The guides that come with the skill, each a file of its name. */
export const GUIDES = ["technical", "academic", "conversational", "defi-report"] as const;

/** Characters of a guide; more than that nobody reads, and it goes with the record of a run. */
export const LARGEST_GUIDE = 32_000;

const words = z.array(z.string().trim().min(1).max(80)).max(200);

/** What a guide may ask for, in its rules. `keep` leaves that as the writer has it. */
const RULES = {
  name: z.string().trim().min(1).max(80),
  /** Whose voice: `third` advises against I, we and you. */
  person: z.enum(["first", "second", "third", "any"]),
  /** The most words a sentence should have. */
  sentence: z.int().min(8).max(80),
  headings: z.enum(["title", "sentence", "keep"]),
  lists: z.enum(["-", "*", "keep"]),
  tables: z.enum(["aligned", "keep"]),
  quotes: z.enum(["curly", "straight", "keep"]),
  dashes: z.enum(["em", "en", "keep"]),
  numbers: z.enum(["grouped", "keep"]),
  percent: z.enum(["closed", "spaced", "keep"]),
  units: z.enum(["spaced", "keep"]),
  dates: z.enum(["day-month-year", "month-day-year", "iso", "keep"]),
  /** Advice against the passive voice, hedges and contractions. */
  passive: z.enum(["allowed", "avoid"]),
  hedges: z.enum(["allowed", "few"]),
  contractions: z.enum(["allowed", "avoid"]),
  citations: z.enum(["numbered", ...CITATION_STYLES]),
  /** Headings that the text should have. */
  sections: words,
  /** Words that it should do without. */
  avoid: words,
};
type Rules = { [K in keyof typeof RULES]: z.infer<(typeof RULES)[K]> };

/** A style guide: rules that code applies or advises on, and a text for whoever writes. */
export interface Guide extends Rules {
  /** What the guide says beside its rules, without what it must not ask for. */
  text: string;
  /** What it asks for that style may not do, and why that is passed over. */
  refused: Refused[];
}

const DEFAULTS: Rules = {
  name: "own guide",
  person: "any",
  sentence: 40,
  headings: "keep",
  lists: "keep",
  tables: "keep",
  quotes: "keep",
  dashes: "keep",
  numbers: "keep",
  percent: "keep",
  units: "keep",
  dates: "keep",
  passive: "allowed",
  hedges: "allowed",
  contractions: "allowed",
  citations: "numbered",
  sections: [],
  avoid: [],
};

const FRONT_MATTER = /^\uFEFF?()---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;
/** Where an article has its rules: what stands in front matter is no part of its text. */
const CODE_BLOCK = /^\uFEFF?((?:#[^\n]*\n\s*)?)```ya?ml[ \t]*\r?\n([\s\S]*?)\r?\n```[ \t]*(?:\r?\n\s*|$)/;

/**
 * A guide from its Markdown, with rules in front matter, in a code block `yaml` at its beginning or under its title, or without any. A rule that
 * there is not, a value that it cannot have, and whatever in the text asks to change facts is passed over, and said in `refused`.
 * @throws EvidenceError `invalid_input` for what is too long, or whose rules are no YAML
 */
export function parseGuide(markdown: string, name?: string): Guide {
  if (markdown.length > LARGEST_GUIDE) {
    throw invalid(`The style guide has more than ${LARGEST_GUIDE.toLocaleString("en")} characters: shorten it.`);
  }
  const [all = "", title = "", yaml] = FRONT_MATTER.exec(markdown) ?? CODE_BLOCK.exec(markdown) ?? [];
  const { rules, refused } = rulesIn(yaml === undefined ? {} : yamlOf(yaml));
  const { text, refused: orders } = withoutOrders(`${title}${markdown.slice(all.length)}`.trim());
  const named = name === undefined ? {} : { name };
  return { ...DEFAULTS, ...named, ...rules, text, refused: [...refused, ...orders] };
}

/** A guide as a file again, without what was passed over. */
export function guideFile({ text, refused: _, ...rules }: Guide): string {
  const lines = Object.entries(rules).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `---\n${lines.join("\n")}\n---\n\n${text}\n`;
}

function yamlOf(yaml: string): Record<string, unknown> {
  const document = parseDocument(yaml, { schema: "core", version: "1.2" });
  const [error] = document.errors;
  if (error !== undefined) {
    const where = error.linePos?.[0].line;
    const line = where === undefined ? "" : ` (line ${where + 1})`;
    throw invalid(`The rules of the style guide are no YAML${line}: write lines such as “headings: title”.`, error);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(valuesIn(document));
  if (parsed.success) return parsed.data;
  throw invalid("The rules of the style guide have no names: write lines such as “headings: title”.", parsed.error);
}

/** Of aliases a few lines could make millions of values: there are none in a guide. */
function valuesIn(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch (error) {
    throw invalid("The rules of the style guide refer to each other: write each value out.", error);
  }
}

function rulesIn(found: Record<string, unknown>): { rules: Partial<Rules>; refused: Refused[] } {
  const refused: Refused[] = [];
  const rules: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(found)) {
    const what = `${key}: ${JSON.stringify(value) ?? ""}`.slice(0, 200);
    const schema = Object.hasOwn(RULES, key) ? RULES[key as keyof Rules] : undefined;
    const parsed = schema?.safeParse(value);
    if (parsed?.success) rules[key] = parsed.data;
    else refused.push({ what, why: schema === undefined ? NO_RULE : `this is not a value of “${key}”` });
  }
  return { rules, refused };
}

const NO_RULE = "there is no such rule: a guide says how a text reads, and changes nothing that it says";

function invalid(message: string, cause?: unknown): EvidenceError {
  return new EvidenceError("invalid_input", message, { cause });
}
