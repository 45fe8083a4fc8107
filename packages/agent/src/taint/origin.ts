import { z } from "zod";
import { visibleText } from "../sanitize.js";

/** Where something that an agent reads comes from. */
export const Origin = z.enum([
  /** The person whose run it is. */
  "person",
  /** This program's own words: what it did, and why it refused. */
  "host",
  /** A file that the run was given. */
  "source",
  /** A page of the web, or what a search of it says. */
  "web",
  /** An article of the knowledge base. */
  "choir",
  /** What programs in the VM wrote or said. */
  "vm",
  "skill",
  "memory",
  "subagent",
  /** Another agent, which is no part of this program, over MCP. */
  "agent",
]);
export type Origin = z.infer<typeof Origin>;

/** Who speaks for the person: what these say does not bind an agent's hands. */
const TRUSTED = ["person", "host"] as const;

const LONGEST_NAME = 300;

/** Something from outside that an agent has seen, and by which it may have been talked into anything. */
export const TaintMark = z.object({
  origin: Origin.exclude(TRUSTED),
  /** Which one: an address, an id, a path. It is what that thing calls itself, so it is shown to people and decides nothing. */
  name: z.string().max(LONGEST_NAME).optional(),
});
export type TaintMark = z.infer<typeof TaintMark>;

/** Marks that an agent keeps; the first ones, as one is enough to be tainted and the first is where it began. */
export const MOST_MARKS = 64;

/** A mark whose name is fit to be shown: one line, nothing invisible, bounded. */
export function markOf(origin: TaintMark["origin"], name?: string): TaintMark {
  if (name === undefined) return { origin };
  const line = visibleText(name.slice(0, 4 * LONGEST_NAME))
    .replace(/\s+/g, " ")
    .trim();
  return line === "" ? { origin } : { origin, name: line.slice(0, LONGEST_NAME) };
}

/** The mark of a source, by where its text was. */
export function markOfSource(uri: string): TaintMark {
  if (/^https?:/i.test(uri)) return markOf("web", uri);
  return uri.startsWith("choir:") ? markOf("choir", uri) : markOf("source", uri);
}

/** All marks of both, each once, the older first. */
export function union(before: readonly TaintMark[], more: readonly TaintMark[]): TaintMark[] {
  const all = new Map([...before, ...more].map((mark) => [`${mark.origin} ${mark.name ?? ""}`, mark]));
  return [...all.values()].slice(0, MOST_MARKS);
}

/** The marks in a few words for a person: `https://… (the web), a search for “…” (the web) and 3 more`. What was opened comes before what was only looked for. */
export function marksText(marks: readonly TaintMark[], most = 3): string {
  const isSearch = ({ name = "" }: TaintMark) => name.startsWith(SEARCH);
  const shown = [...marks.filter((mark) => !isSearch(mark)), ...marks.filter(isSearch)].slice(0, most);
  const named = shown.map(markText);
  const left = marks.length - named.length;
  return `${named.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

/** A mark in a few words for a person: `https://… (the web)`. */
export function markText({ origin, name }: TaintMark): string {
  return name === undefined ? KIND[origin] : `${name} (${KIND[origin]})`;
}

/** The mark of what a search answered. */
export function markOfSearch(origin: "web" | "choir", query: string): TaintMark {
  return markOf(origin, `${SEARCH}“${query}”`);
}

const SEARCH = "a search for ";

const KIND: Readonly<Record<TaintMark["origin"], string>> = {
  source: "a source",
  web: "the web",
  choir: "the knowledge base",
  vm: "what programs in the VM said",
  skill: "a skill",
  memory: "memory",
  subagent: "a subagent's answer",
  agent: "another agent",
};
