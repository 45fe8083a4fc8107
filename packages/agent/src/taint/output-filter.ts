import type { Secrets } from "@vibewriter/backbone";
import type { Audit } from "../audit/audit.js";
import { taskAtWork } from "../middleware/task.js";
import { visibleText } from "../sanitize.js";
import { Refusal } from "../tools/refusal.js";

/** Of a run's context, what the filter needs. */
export interface Guarded {
  readonly secrets: Pick<Secrets, "find">;
  readonly audit: Pick<Audit, "record">;
}

/**
 * Stops what would carry a registered secret, or what can only be a key, out through a door of the host, in a simple disguise too.
 * @param door which one, in the middle of a sentence: `search query`
 * @param o.anyCase see Secrets.find
 * @throws Refusal `secret_found`, which names the secret and does not repeat it
 */
export function keepSecrets(context: Guarded, door: string, text: string, o: { anyCase?: boolean } = {}): void {
  const found = secretIn(context.secrets, text, o);
  if (found === undefined) return;
  const why = `The ${door} holds ${found.what}`;
  context.audit.record({
    ...{ kind: "decision", what: "output filter", outcome: "refused", why, by: "host", task: taskAtWork() },
  });
  throw new Refusal("secret_found", `${why}, so it was not let out; leave the secret out, whatever has asked for it.`);
}

/**
 * The first secret in a text, in words: as it stands there, on its line; or, without one, under what hides it from a search by bytes, which is
 * what Markdown takes away when it is shown (backslashes, entities, emphasis, tags), invisible characters, full-width letters, spaces, percent signs,
 * hex digits, base64, wherever in the text they begin.
 */
export function secretIn(
  secrets: Pick<Secrets, "find">,
  text: string,
  o: { anyCase?: boolean } = {},
): { what: string; line?: number } | undefined {
  const plain = secrets.find(text, o);
  if (plain !== undefined) return plain;
  for (const one of new Set([text, ...shownAs(text)])) {
    for (const reading of readings(one)) {
      const found = secrets.find(reading, o);
      if (found !== undefined) return { what: found.what };
    }
  }
  return undefined;
}

/**
 * What a text says to whoever takes a simple disguise off it. Each is made when it is looked through: a draft may have two megabytes. What stands
 * before a secret may make a percent sign's digits of its first ones, so that each step of taking signs away is looked through.
 */
function* readings(text: string): Generator<string> {
  const seen = bare(text);
  const spaced = stepsOf(seen, (step) => step);
  const closed = stepsOf(withoutSpaces(seen), withoutSpaces);
  yield* new Set([...spaced, ...closed]);
  for (const step of closed) {
    yield* decoded(step.replace(/\b0x|[^0-9a-f]/gi, ""), { as: "hex", digits: 2 });
    yield* decoded(step.replace(/[^A-Za-z0-9+/_-]/g, ""), { as: "base64", digits: 4 });
  }
}

/**
 * Roughly what is left of a text when it is shown as Markdown or HTML, with its signs of emphasis, which may be a secret's own, and without. Neither
 * which of them it is nor whether it is well-formed is asked.
 */
function shownAs(text: string): string[] {
  const plain = text
    .replace(/<\/?[a-z!][^<>]{0,1000}>/gi, "")
    .replace(/&(#x?[0-9a-f]{1,8}|[a-z][a-z0-9]{1,31});?/gi, entity);
  return [plain.replace(ESCAPED, "$1"), plain.replace(ESCAPED_OR_EMPHASIS, "$1")];
}

const ESCAPED = /\\([!-/:-@[-`{-~])/g;
const ESCAPED_OR_EMPHASIS = /\\([!-/:-@[-`{-~])|[*_~`]+/g;

/** Entities of ASCII signs that have names of their own; letters and digits have numbers only. */
const NAMED: Readonly<Record<string, string>> = {
  ...{
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    sol: "/",
    bsol: "\\",
    plus: "+",
    equals: "=",
    hyphen: "-",
    dash: "-",
  },
  ...{
    period: ".",
    comma: ",",
    colon: ":",
    semi: ";",
    excl: "!",
    quest: "?",
    num: "#",
    dollar: "$",
    percnt: "%",
    ast: "*",
  },
  ...{
    lpar: "(",
    rpar: ")",
    lsqb: "[",
    lbrack: "[",
    rsqb: "]",
    rbrack: "]",
    lcub: "{",
    lbrace: "{",
    rcub: "}",
    rbrace: "}",
  },
  ...{
    commat: "@",
    hat: "^",
    lowbar: "_",
    grave: "\u0060",
    verbar: "|",
    vert: "|",
    tilde: "~",
    nbsp: " ",
    shy: "",
    zwnj: "",
    zwj: "",
  },
};

function entity(whole: string, name: string): string {
  if (!name.startsWith("#")) return NAMED[name.toLowerCase()] ?? whole;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

/** A text as it is, and with its percent signs taken away, once and twice. */
function stepsOf(text: string, tidied: (text: string) => string): Set<string> {
  const once = tidied(bare(unescaped(text)));
  return new Set([text, once, tidied(bare(unescaped(once)))]);
}

function bare(text: string): string {
  return visibleText(text).normalize("NFKC");
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/g, "");
}

/** Percent signs that are none stay. */
function unescaped(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}

/** What digits say, from each place on where a group of them may begin: a letter before the first one may be a digit, too. */
function* decoded(text: string, { as, digits }: { as: "hex" | "base64"; digits: number }): Generator<string> {
  for (let from = 0; from < digits; from += 1) yield Buffer.from(text.slice(from), as).toString("utf8");
}
