import { type Hit, Needles } from "./needles.js";

/** A kind of key that can be told from everything else by how it is written. */
interface KeyPattern {
  readonly kind: string;
  /** Texts of four bytes or more, one of which is in every key of this kind. */
  readonly anchors: readonly string[];
  /** Characters of such a key. It ends where another one stands. */
  readonly alphabet: RegExp;
  /** The whole key. */
  readonly whole: RegExp;
}

const TOKEN = /[A-Za-z0-9_-]/;

/** After the first two digits a seed of an NKey (S and its type) has an A, and one of A-P: the bits of its prefix. */
const NKEY_ANCHORS = [..."UAONCX"].flatMap((type) => [..."ABCDEFGHIJKLMNOP"].map((digit) => `S${type}A${digit}`));

const PATTERNS: readonly KeyPattern[] = [
  { kind: "Anthropic key", anchors: ["sk-ant-"], alphabet: TOKEN, whole: /^sk-ant-[A-Za-z0-9_-]{32,}$/ },
  {
    kind: "OpenAI key",
    // The middle of every key that OpenAI makes says OpenAI in base64.
    anchors: ["T3BlbkFJ", "sk-proj-", "sk-svcacct-", "sk-admin-"],
    alphabet: TOKEN,
    whole: /^sk-(?:[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,}|(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,})$/,
  },
  { kind: "AWS key", anchors: ["AKIA", "ASIA"], alphabet: TOKEN, whole: /^A(?:KIA|SIA)[A-Z2-7]{16}$/ },
  {
    kind: "GitHub token",
    anchors: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    alphabet: TOKEN,
    whole: /^(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})$/,
  },
  { kind: "Google key", anchors: ["AIza"], alphabet: TOKEN, whole: /^AIza[A-Za-z0-9_-]{35}$/ },
  {
    kind: "Slack token",
    anchors: ["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
    alphabet: TOKEN,
    whole: /^(?:xox[abeprs]|xapp)-[0-9A-Za-z]{1,16}-[0-9A-Za-z-]{20,}$/,
  },
  { kind: "Tavily key", anchors: ["tvly-"], alphabet: TOKEN, whole: /^tvly-(?:dev-|prod-)?[A-Za-z0-9]{24,64}$/ },
  { kind: "NATS seed", anchors: NKEY_ANCHORS, alphabet: TOKEN, whole: /^S[UAONCX][A-Z2-7]{56}$/ },
  {
    kind: "JSON web token",
    anchors: [".eyJ"],
    alphabet: /[A-Za-z0-9_.-]/,
    whole: /^eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{40,}$/,
  },
];

/** A private key in a file of its own format; its lines may be escaped, once or more. */
const PEM_ANCHOR = "PRIVATE KEY";
const PEM =
  /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s]|\\+[nr]){48,}(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)?/g;
/** `-----BEGIN ENCRYPTED ` before the anchor; a key of 16,384 bits, escaped, after it. */
const PEM_BEFORE = 64;
const PEM_AFTER = 32 * 1024;

/** No key is longer than this on one side of its anchor. */
const LONGEST_SIDE = 2_048;

const needles = new Needles<KeyPattern | "PEM">([
  ...PATTERNS.flatMap((pattern) => pattern.anchors.map((anchor) => ({ bytes: Buffer.from(anchor), means: pattern }))),
  { bytes: Buffer.from(PEM_ANCHOR), means: "PEM" },
]);

/** The first key, of whoever's, at or after `from`; `means` is its kind. */
export function findKey(bytes: Uint8Array, from = 0): Hit<string> | undefined {
  const words = new Map<RegExp, Word>();
  for (let hit = needles.find(bytes, from); hit; hit = needles.find(bytes, hit.start + 1)) {
    const found = hit.means === "PEM" ? pemAround(bytes, from, hit) : keyAround(bytes, from, hit, hit.means, words);
    if (found) return found;
  }
  return undefined;
}

/** Where the characters of one alphabet begin and end around an anchor. */
interface Word {
  readonly start: number;
  readonly end: number;
  /** What it was looked through for as a whole. */
  readonly tried: Set<KeyPattern>;
}

/** @param words the last one of each alphabet: one that is full of anchors is walked once, and not for each of them */
function keyAround(
  bytes: Uint8Array,
  from: number,
  hit: Hit<unknown>,
  pattern: KeyPattern,
  words: Map<RegExp, Word>,
): Hit<string> | undefined {
  const { alphabet, whole, kind } = pattern;
  let word = words.get(alphabet);
  if (word === undefined || hit.end > word.end) word = wordAround(bytes, from, hit, alphabet);
  words.set(alphabet, word);
  const { start } = word;
  const end = Math.min(word.end, hit.end + LONGEST_SIDE);
  if (hit.start - start > LONGEST_SIDE || word.tried.has(pattern)) return undefined;
  if (end === word.end) word.tried.add(pattern);
  const text = latin1(bytes, start, end);
  // A dot at the end of a sentence; a letter in front that is the end of an escape such as \n.
  const trimmed = text.replace(/\.+$/, "");
  const escaped = bytes[start - 1] === 0x5c ? (/^(?:u[0-9A-Fa-f]{4}|[nrtbf])/.exec(trimmed)?.[0].length ?? 0) : 0;
  for (const skipped of new Set([0, escaped])) {
    const key = trimmed.slice(skipped);
    if (whole.test(key)) return { start: start + skipped, end: start + skipped + key.length, means: kind };
  }
  return undefined;
}

function wordAround(bytes: Uint8Array, from: number, hit: Hit<unknown>, alphabet: RegExp): Word {
  let { start, end } = hit;
  const isPart = (at: number) => alphabet.test(String.fromCharCode(bytes[at] as number));
  while (start > from && isPart(start - 1)) start -= 1;
  while (end < bytes.length && isPart(end)) end += 1;
  return { start, end, tried: new Set() };
}

function pemAround(bytes: Uint8Array, from: number, hit: Hit<unknown>): Hit<string> | undefined {
  const before = Math.max(from, hit.start - PEM_BEFORE);
  const text = latin1(bytes, before, Math.min(bytes.length, hit.end + PEM_AFTER));
  for (const match of text.matchAll(PEM)) {
    const start = before + match.index;
    if (start < hit.start) return { start, end: start + match[0].length, means: "private key" };
  }
  return undefined;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
