import { children, isNode, nodesIn, parameters, text } from "./ast.js";
import type { Compile } from "./compiler.js";
import type { Project } from "./project.js";

/** What the parser alone can read of a file that does not compile. */
export interface Outline {
  readonly file: string;
  readonly contracts: readonly { readonly name: string; readonly functions: readonly string[] }[];
  /** Things that a person should look at, by the words that are there: `selfdestruct, line 12`. */
  readonly words: readonly string[];
}

const WORDS = /\b(delegatecall|callcode|selfdestruct|suicide|tx\.origin|onlyOwner|mint|pause|blacklist|upgradeTo)\b/g;

/** Reads files one by one with the parser; a file that it cannot read has no contracts. */
export async function outlineOf(project: Project, files: readonly string[], compile: Compile): Promise<Outline[]> {
  const outlines: Outline[] = [];
  for (const file of files.filter((name) => project.targets.has(name)).slice(0, 20)) {
    const content = project.files.get(file) ?? "";
    const free = content.replace(/pragma\s+solidity\s+[^;]*;/g, (pragma) => pragma.replace(/[^\n]/g, " "));
    const settings = { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } };
    const answer: unknown = JSON.parse(
      await compile(JSON.stringify({ language: "Solidity", sources: { [file]: { content: free } }, settings })),
    );
    const ast = (answer as { sources?: Record<string, { ast?: unknown }> }).sources?.[file]?.ast;
    const contracts = isNode(ast) ? [...nodesIn(ast)].filter((node) => node.nodeType === "ContractDefinition") : [];
    const described = contracts.map((contract) => ({
      name: text(contract, "name"),
      functions: children(contract, "nodes")
        .filter(
          (node) => node.nodeType === "FunctionDefinition" && /^(public|external)$/.test(text(node, "visibility")),
        )
        .map((fn) => `${text(fn, "name") || text(fn, "kind")}/${parameters(fn).length}`),
    }));
    const words = content
      .split("\n")
      .flatMap((line, at) => [...line.matchAll(WORDS)].map(([word]) => `${word}, line ${at + 1}`));
    outlines.push({ file, contracts: described, words: words.slice(0, 30) });
  }
  return outlines;
}
