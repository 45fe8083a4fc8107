/** The operators of LangGraph's filters, with the meaning that its InMemoryStore gives them. */
const OPERATORS = new Map<string, (found: unknown, wanted: unknown) => boolean>([
  ["$eq", (found, wanted) => found === wanted],
  ["$ne", (found, wanted) => found !== wanted],
  ["$gt", (found, wanted) => Number(found) > Number(wanted)],
  ["$gte", (found, wanted) => Number(found) >= Number(wanted)],
  ["$lt", (found, wanted) => Number(found) < Number(wanted)],
  ["$lte", (found, wanted) => Number(found) <= Number(wanted)],
  ["$in", (found, wanted) => Array.isArray(wanted) && wanted.includes(found)],
  ["$nin", (found, wanted) => !Array.isArray(wanted) || !wanted.includes(found)],
]);

/** Whether a value has, under each name of the filter, what the filter asks for there: the same plain value, or all of its operators. */
export function matchesFilter(value: Record<string, unknown>, filter: Record<string, unknown> | undefined): boolean {
  return Object.entries(filter ?? {}).every(([name, wanted]) => {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    const operators = operatorsOf(wanted);
    if (operators === undefined) return found === wanted;
    return operators.every(([holds, operand]) => holds(found, operand));
  });
}

type Condition = [holds: (found: unknown, wanted: unknown) => boolean, operand: unknown];

function operatorsOf(wanted: unknown): Condition[] | undefined {
  if (typeof wanted !== "object" || wanted === null) return undefined;
  const conditions: Condition[] = [];
  for (const [name, operand] of Object.entries(wanted)) {
    const holds = OPERATORS.get(name);
    if (holds === undefined) return undefined;
    conditions.push([holds, operand]);
  }
  return conditions;
}
