/** A node of the compiler's syntax tree, as it comes: what a field holds is asked with the functions below, which never throw. */
export interface Node {
  readonly nodeType: string;
  readonly id: number;
  /** `start:length:file`, in bytes. */
  readonly src: string;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { nodeType?: unknown }).nodeType === "string";
}

/** The node in a field; undefined where there is none. */
export function child(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a field that holds a list; what is no node (left out parts of a tuple) is left out. */
export function children(node: Node | undefined, field: string): readonly Node[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** As {@link children}, with undefined in place of what was left out: `(, uint a)`. */
export function slots(node: Node | undefined, field: string): readonly (Node | undefined)[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.map((part) => (isNode(part) ? part : undefined)) : [];
}

export function text(node: Node | undefined, field: string): string {
  const value = node?.[field];
  return typeof value === "string" ? value : "";
}

export function flag(node: Node | undefined, field: string): boolean {
  return node?.[field] === true;
}

/** What a name refers to: the id of a declaration; below 0: of the language itself. */
export function refersTo(node: Node | undefined): number | undefined {
  const value = node?.referencedDeclaration;
  return typeof value === "number" ? value : undefined;
}

/** The type as a person writes it: `mapping(address => uint256)`. */
export function typeOf(node: Node | undefined): string {
  return described(node, "typeString");
}

/** The type as the compiler names it: `t_function_barecall_payable$…`. */
export function typeId(node: Node | undefined): string {
  return described(node, "typeIdentifier");
}

function described(node: Node | undefined, field: string): string {
  const types = node?.typeDescriptions;
  if (typeof types !== "object" || types === null) return "";
  const value = (types as Record<string, unknown>)[field];
  return typeof value === "string" ? value : "";
}

/** All nodes below one, itself first, in the order of the tree. */
export function* nodesIn(root: Node): Generator<Node> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (isNode(value)) yield value;
    if (typeof value === "object" && value !== null) waiting.push(...Object.values(value).reverse());
  }
}

export function parameters(callable: Node | undefined): readonly Node[] {
  return children(child(callable, "parameters"), "parameters");
}

export function returnParameters(callable: Node | undefined): readonly Node[] {
  return children(child(callable, "returnParameters"), "parameters");
}
