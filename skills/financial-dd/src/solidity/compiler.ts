import { answerOf } from "../process.js";
import { isNode } from "./ast.js";
import { type CompiledSource, Program, type StorageSlot } from "./program.js";
import type { Project } from "./project.js";

/** The version of the compiler that is used for all sources, whatever they ask for. */
export const COMPILER = "0.8.37";

export interface Compilation {
  readonly program: Program;
  /** The names of files that did not compile, with the first reason. */
  readonly failed: readonly { readonly file: string; readonly reason: string }[];
  /** What a person has to know of how it was compiled. */
  readonly notes: readonly string[];
}

/** Runs the compiler over an input in its standard JSON; what it prints is its answer. */
export type Compile = (input: string) => Promise<string>;

/**
 * The compiler as a process of its own. WebAssembly is compiled once and as it is needed: under emulation that is half of the time.
 * @param program `compile.mjs`
 */
export function compilerProcess(o: { program: string; timeoutMs: number }): Compile {
  const flags = ["--liftoff-only", "--wasm-lazy-compilation"];
  return (input) => answerOf({ program: o.program, what: "The compiler", flags, input, timeoutMs: o.timeoutMs });
}

/** Compiles a project; what does not compile is left out and told, the rest is there. Throws ProcessError. */
export async function compileProject(project: Project, compile: Compile): Promise<Compilation> {
  const notes: string[] = [];
  let files = new Map(project.files);
  const failed: { file: string; reason: string }[] = [];
  const relaxed = new Set<string>();
  for (const [name, content] of files) {
    const free = withoutVersion(content);
    if (free === content) continue;
    files.set(name, free);
    if (!admits(content)) relaxed.add(name);
  }
  if (relaxed.size > 0)
    notes.push(
      `${[...relaxed].slice(0, 5).join(", ")}${relaxed.size > 5 ? ` and ${relaxed.size - 5} more` : ""} ask for another compiler than ${COMPILER}; compiled with ${COMPILER} all the same.`,
    );
  for (let round = 0; files.size > 0 && round < 8; round++) {
    const answer = parsed(await compile(inputOf(files)));
    const errors = answer.errors.filter((error) => error.severity === "error");
    if (errors.length === 0) return { program: programOf(answer, files, project), failed, notes };
    const broken = new Map<string, string>();
    for (const { file, message } of errors)
      if (file !== undefined && files.has(file) && !broken.has(file)) broken.set(file, message);
    if (broken.size === 0) {
      for (const file of files.keys()) failed.push({ file, reason: errors[0]?.message ?? "no reason given" });
      break;
    }
    for (const [file, reason] of broken) failed.push({ file, reason });
    files = withoutDependents(files, new Set(broken.keys()), failed);
  }
  return { program: new Program([], new Map()), failed, notes };
}

/** The files without the broken ones and whatever imports them. */
function withoutDependents(
  files: ReadonlyMap<string, string>,
  broken: Set<string>,
  failed: { file: string; reason: string }[],
): Map<string, string> {
  const rest = new Map([...files].filter(([name]) => !broken.has(name)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, content] of rest) {
      const needs = [...broken].find((file) => imports(content, name, file));
      if (needs === undefined) continue;
      rest.delete(name);
      broken.add(name);
      failed.push({ file: name, reason: `It imports ${needs}, which does not compile.` });
      changed = true;
    }
  }
  return rest;
}

function imports(content: string, name: string, file: string): boolean {
  return [...content.matchAll(/\bimport\b[^;"']*["']([^"']+)["']/g)].some(([, imported = ""]) => {
    const base = new URL(imported, `file:///${name}`).pathname.slice(1);
    return imported === file || (imported.startsWith(".") && decodeURIComponent(base) === file);
  });
}

function inputOf(files: ReadonlyMap<string, string>): string {
  const sources = Object.fromEntries([...files].map(([name, content]) => [name, { content }]));
  const outputSelection = { "*": { "": ["ast"], "*": ["storageLayout"] } };
  return JSON.stringify({
    language: "Solidity",
    sources,
    settings: { optimizer: { enabled: false }, outputSelection },
  });
}

/** The same text, of the same length, without a word on the version. */
function withoutVersion(content: string): string {
  return content.replace(/pragma\s+solidity\s+[^;]*;/g, (pragma) => pragma.replace(/[^\n]/g, " "));
}

/** Whether the pragma would have allowed our compiler; only what is plainly another generation counts. */
function admits(content: string): boolean {
  const [, wanted = ""] = /pragma\s+solidity\s+([^;]*);/.exec(content) ?? [];
  const [, patch = "37"] = COMPILER.split(".").slice(1);
  const exact = /^\s*=?\s*0\.(\d+)\.(\d+)\s*$/.exec(wanted);
  if (exact) return exact[1] === "8" && exact[2] === patch;
  const upper = /<\s*0\.(\d+)\.(\d+)/.exec(wanted);
  if (upper && (Number(upper[1]) < 8 || (upper[1] === "8" && Number(upper[2]) <= Number(patch)))) return false;
  const caret = /\^\s*0\.(\d+)/.exec(wanted);
  return !caret || caret[1] === "8" || /\|\|/.test(wanted);
}

interface Answer {
  readonly errors: readonly { severity: string; message: string; file?: string }[];
  readonly sources: Readonly<Record<string, unknown>>;
  readonly contracts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function parsed(output: string): Answer {
  const answer: unknown = JSON.parse(output);
  const { errors, sources, contracts } = record(answer);
  return {
    errors: (Array.isArray(errors) ? errors : []).map((error: unknown) => {
      const { severity, message, sourceLocation } = record(error);
      const { file } = record(sourceLocation);
      return {
        severity: String(severity),
        message: String(message),
        file: typeof file === "string" ? file : undefined,
      };
    }),
    sources: record(sources),
    contracts: record(contracts) as Answer["contracts"],
  };
}

function programOf(answer: Answer, files: ReadonlyMap<string, string>, project: Project): Program {
  const sources: CompiledSource[] = [];
  for (const [path, source] of Object.entries(answer.sources)) {
    const { ast } = record(source);
    // The text as it was given: the version was blanked out in place, so every position is the same.
    if (isNode(ast))
      sources.push({
        path,
        content: project.files.get(path) ?? files.get(path) ?? "",
        ast,
        target: project.targets.has(path),
      });
  }
  const layouts = new Map<string, StorageSlot[]>();
  for (const [path, contracts] of Object.entries(answer.contracts))
    for (const [name, contract] of Object.entries(contracts)) {
      const { storageLayout } = record(contract);
      const { storage } = record(storageLayout);
      const slots = (Array.isArray(storage) ? storage : []).map((entry: unknown) => {
        const { label, slot, offset, type, contract } = record(entry);
        // The compiler puts ids of its tree into names of types: `t_struct(Account)42_storage`.
        return {
          label: String(label),
          slot: String(slot),
          offset: Number(offset),
          type: String(type).replace(/\)\d+/g, ")"),
          contract: String(contract),
        };
      });
      layouts.set(`${path}:${name}`, slots);
    }
  return new Program(sources, layouts);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
