import { child, children, flag, type Node, nodesIn, parameters, text, typeOf } from "./ast.js";

/** A place in the sources that a person can look at. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
  /** In bytes of the file. */
  readonly start: number;
  readonly end: number;
  /** What stands there, one line, at most {@link QUOTE} characters. */
  readonly quote: string;
}

const QUOTE = 160;

/** One slot of the storage layout, as the compiler gives it. */
export interface StorageSlot {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
  readonly contract: string;
}

export interface CompiledSource {
  readonly path: string;
  readonly content: string;
  readonly ast: Node;
  /** A person gave this file to be looked at; false: it was imported. */
  readonly target: boolean;
}

/** A contract with what it has inherited. */
export interface Contract {
  readonly node: Node;
  readonly name: string;
  readonly kind: string;
  readonly file: string;
  readonly target: boolean;
  /** The contract itself first, then what it inherits from, in the order in which calls are resolved. */
  readonly line: readonly Node[];
  readonly layout: readonly StorageSlot[];
}

/** All that was compiled together, by id. */
export class Program {
  readonly contracts: readonly Contract[];
  readonly sources: readonly CompiledSource[];
  readonly #nodes = new Map<number, Node>();
  readonly #homes = new Map<number, Node>();
  readonly #files = new Map<string, { path: string; bytes: Buffer; lines: number[] }>();

  constructor(sources: readonly CompiledSource[], layouts: ReadonlyMap<string, readonly StorageSlot[]>) {
    this.sources = sources;
    const found: Omit<Contract, "line">[] = [];
    for (const { path, content, ast, target } of sources) {
      const bytes = Buffer.from(content);
      this.#files.set(fileOf(ast.src), { path, bytes, lines: lineStarts(bytes) });
      for (const node of nodesIn(ast)) {
        if (typeof node.id === "number") this.#nodes.set(node.id, node);
        if (node.nodeType !== "ContractDefinition") continue;
        for (const member of children(node, "nodes")) this.#homes.set(member.id, node);
        const name = text(node, "name");
        const layout = layouts.get(`${path}:${name}`) ?? [];
        found.push({ node, name, kind: text(node, "contractKind"), file: path, target, layout });
      }
    }
    this.contracts = found.map((contract) => ({ ...contract, line: this.#line(contract.node) }));
  }

  byId(id: number | undefined): Node | undefined {
    return id === undefined ? undefined : this.#nodes.get(id);
  }

  /** The contract or library in which a member was written. */
  homeOf(member: Node | undefined): Node | undefined {
    return member && this.#homes.get(member.id);
  }

  placeOf(node: Node): Place {
    const [start = 0, length = 0] = (text(node, "nativeSrc") || node.src).split(":").map(Number);
    const file = this.#files.get(fileOf(node.src));
    if (!file) return { file: "", line: 0, endLine: 0, start, end: start + length, quote: "" };
    const quote = file.bytes
      .subarray(start, start + length)
      .toString()
      .replace(/\s+/g, " ");
    const end = start + length;
    const cut = quote.length > QUOTE ? `${quote.slice(0, QUOTE - 1)}…` : quote;
    return {
      file: file.path,
      line: lineAt(file.lines, start),
      endLine: lineAt(file.lines, end),
      start,
      end,
      quote: cut,
    };
  }

  /** Whether a node stands in a file that a person gave. */
  isTarget(node: Node): boolean {
    const path = this.#files.get(fileOf(node.src))?.path;
    return this.sources.some((source) => source.path === path && source.target);
  }

  #line(contract: Node): readonly Node[] {
    const ids = contract.linearizedBaseContracts;
    const line = Array.isArray(ids) ? ids.flatMap((id) => this.#nodes.get(Number(id)) ?? []) : [];
    return line.length > 0 ? line : [contract];
  }
}

/** Functions with bodies that somebody may call, the most derived of each; constructors are not among them. */
export function entriesOf(contract: Contract): readonly Node[] {
  const entries = new Map<string, Node>();
  for (const base of contract.line)
    for (const fn of children(base, "nodes").filter(isOpen)) {
      const key = signatureOf(fn);
      if (!entries.has(key)) entries.set(key, fn);
    }
  return [...entries.values()];
}

export function constructorsOf(contract: Contract): readonly Node[] {
  return contract.line
    .toReversed()
    .flatMap((base) => children(base, "nodes").filter((fn) => text(fn, "kind") === "constructor"));
}

export function stateVariablesOf(contract: Contract): readonly Node[] {
  return contract.line.flatMap((base) => children(base, "nodes").filter((node) => flag(node, "stateVariable")));
}

/** What overrides what: the name and the types of the parameters; `fallback` and `receive` are names too. */
export function signatureOf(callable: Node): string {
  const name = text(callable, "name") || text(callable, "kind");
  return callable.nodeType === "ModifierDefinition" ? name : `${name}(${parameters(callable).map(typeOf).join(",")})`;
}

/** `transfer(address,uint256)` for people: as it was written, without the kind of memory. */
export function signatureText(callable: Node): string {
  return signatureOf(callable).replace(/ (storage ref|memory|calldata|storage pointer)/g, "");
}

function isOpen(fn: Node): boolean {
  if (fn.nodeType !== "FunctionDefinition" || !child(fn, "body")) return false;
  const visibility = text(fn, "visibility");
  return (visibility === "public" || visibility === "external") && text(fn, "kind") !== "constructor";
}

function fileOf(src: string): string {
  return src.slice(src.lastIndexOf(":") + 1);
}

function lineStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
