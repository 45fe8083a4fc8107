import {
  InvalidNamespaceError,
  type ListNamespacesOperation,
  type MatchCondition,
} from "@langchain/langgraph-checkpoint";

/** Checks where an item is to be put. Unlike LangGraph's own rule it lets `.` and `:` through: nothing is joined with them here.
 * @throws InvalidNamespaceError */
export function checkNamespace(namespace: readonly string[]): void {
  if (namespace.length === 0) throw new InvalidNamespaceError("Namespace cannot be empty.");
  checkLabels(namespace);
}

/** @throws InvalidNamespaceError when a label is no text or empty */
export function checkLabels(namespace: readonly unknown[]): void {
  for (const label of namespace) {
    if (typeof label === "string" && label !== "") continue;
    const found = typeof label === "string" ? "an empty one" : `one of type ${typeof label}`;
    throw new InvalidNamespaceError(`Namespace labels must be non-empty strings: there is ${found} in [${namespace}].`);
  }
}

/** Whether a namespace lies under a prefix. */
export function isUnder(namespace: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((label, place) => namespace[place] === label);
}

/** The namespaces that an operation asks for, each once, in order. */
export function listNamespaces(all: Iterable<string[]>, operation: ListNamespacesOperation): string[][] {
  const { matchConditions = [], maxDepth, limit, offset } = operation;
  const found = new Map<string, string[]>();
  for (const namespace of all) {
    if (!matchConditions.every((condition) => matches(namespace, condition))) continue;
    const cut = namespace.slice(0, maxDepth);
    found.set(JSON.stringify(cut), cut);
  }
  const sorted = [...found.values()].sort((a, b) => a.join(":").localeCompare(b.join(":")));
  return sorted.slice(offset ?? 0, (offset ?? 0) + (limit ?? sorted.length));
}

function matches(namespace: readonly string[], { matchType, path }: MatchCondition): boolean {
  const start = matchType === "prefix" ? 0 : namespace.length - path.length;
  if (path.length > namespace.length) return false;
  return path.every((label, place) => label === "*" || namespace[start + place] === label);
}
