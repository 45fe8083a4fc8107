/** The texts of a value under a path of LangGraph's index configuration: `$` for all of it, names joined by dots, `[0]`, `[-1]` and `[*]`
 * for elements of lists, `*` for every member, `{a,b.c}` for some. */
export function textsAt(value: unknown, path: string): string[] {
  if (path === "" || path === "$") return [JSON.stringify(value, null, 2)];
  return walk(value, steps(path));
}

/** The steps of a path: names, `[...]` and `{...}`. */
function steps(path: string): string[] {
  return path.match(/\[[^\]]*\]|\{[^}]*\}|[^.[{]+/g) ?? [];
}

function walk(value: unknown, [step, ...rest]: string[]): string[] {
  if (step === undefined) return asText(value);
  if (step.startsWith("[")) return elements(value, step.slice(1, -1)).flatMap((element) => walk(element, rest));
  if (step.startsWith("{")) {
    const fields = step.slice(1, -1).split(",");
    return fields.flatMap((field) => walk(value, [...steps(field.trim()), ...rest]));
  }
  if (typeof value !== "object" || value === null) return [];
  if (step === "*") return Object.values(value).flatMap((member) => walk(member, rest));
  return Object.entries(value).flatMap(([name, member]) => (name === step ? walk(member, rest) : []));
}

function elements(value: unknown, index: string): unknown[] {
  if (!Array.isArray(value)) return [];
  if (index === "*") return value;
  const place = Number.parseInt(index, 10);
  const at = place < 0 ? value.length + place : place;
  return at >= 0 && at < value.length ? [value[at]] : [];
}

function asText(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object") return [JSON.stringify(value, null, 2)];
  return ["string", "number", "boolean"].includes(typeof value) ? [String(value)] : [];
}
