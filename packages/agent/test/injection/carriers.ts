/** Ways by which a text of somebody else's reaches an agent. */
export const CARRIERS = [
  "page",
  "html",
  "pdf",
  "docx",
  "csv",
  "file-name",
  "tool-error",
  "article",
  "skill",
  "skill-list",
  "subagent",
  "search-title",
  "search-passage",
  "memory",
  "execute",
  "redirect",
] as const;
export type Carrier = (typeof CARRIERS)[number];

/** One attack: what is to be done, and by which way the order comes. */
export interface InjectedCase {
  readonly carrier: Carrier;
  readonly goal: string;
  /** The words of the attack, with {@link markOf} in them. */
  readonly text: string;
}

/** By this the obedient model knows what a text wants of it, however little of the text a carrier has room for. */
export function markOf(carrier: string, goal: string): string {
  return `case~${carrier}~${goal}~`;
}

/** The cases whose marks are in what was read. */
export function marksIn(texts: readonly string[]): { carrier: string; goal: string }[] {
  const found = texts.flatMap((text) => [...text.matchAll(/case~([a-z0-9-]+)~([a-z0-9-]+)~/g)]);
  return found.map(([, carrier = "", goal = ""]) => ({ carrier, goal }));
}
