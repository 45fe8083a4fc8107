import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Analysis, analyse } from "../src/analysis.js";
import { bytecodeMatch } from "../src/chain/bytecode.js";
import { DETECTORS } from "../src/detectors/all.js";
import type { Finding } from "../src/finding.js";
import { compileProject, compilerProcess } from "../src/solidity/compiler.js";
import { readProject } from "../src/solidity/project.js";
import { builtScripts } from "./support/built.js";

const pairs = join(import.meta.dirname, "pairs");
const modules = join(import.meta.dirname, "../../../node_modules");
let programs: Awaited<ReturnType<typeof builtScripts>>;

beforeAll(async () => {
  programs = await builtScripts(["contracts", "compile", "lint"]);
});
afterAll(() => programs[Symbol.asyncDispose]());

async function analysisOf(...paths: string[]): Promise<Analysis> {
  const project = await readProject({ paths, libraries: [modules], remappings: [] });
  const compile = compilerProcess({ program: join(programs.folder, "compile.mjs"), timeoutMs: 120_000 });
  return analyse(await compileProject(project, compile));
}

function run(...args: string[]) {
  const program = join(programs.folder, "contracts.mjs");
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 60_000 });
}

describe("contracts with one planted weakness, and their clean twins", () => {
  it("finds every weakness by its detector, above low, and nothing above low in a clean twin", async () => {
    const { findings, contracts, failed } = await analysisOf(pairs);
    expect(failed).toEqual([]);
    const files = [...new Set(contracts.map((contract) => contract.file))];
    expect(files.length).toBeGreaterThanOrEqual(48);
    const missed = files.filter(
      (file) =>
        !findings.some(
          (f) => f.where.file === file && /^Weak/.test(f.contract) && f.detector === file.split("--")[0] && isHigh(f),
        ),
    );
    expect(missed).toEqual([]);
    expect(
      findings
        .filter((f) => /^Clean/.test(f.contract) && isHigh(f))
        .map(({ contract, title }) => `${contract}: ${title}`),
    ).toEqual([]);
    const tried = new Set(contracts.map((contract) => contract.file.split("--")[0]));
    expect(DETECTORS.map((detector) => detector.id).filter((id) => !tried.has(id))).toEqual([]);
  }, 120_000);
});

it("reports nothing above low on the sources of OpenZeppelin, and follows all of them", async () => {
  const { findings, failed, notes, contracts } = await analysisOf(join(modules, "@openzeppelin/contracts"));
  expect(failed).toEqual([]);
  expect(notes).toEqual([]);
  expect(contracts.length).toBeGreaterThan(100);
  expect(findings.filter(isHigh).map((f) => `${f.detector} ${f.where.file}:${f.where.line}`)).toEqual([]);
}, 180_000);

describe("code on the chain", () => {
  it("is verified or not, whatever its metadata and immutables are", async () => {
    const path = join(programs.folder, "Held.sol");
    await writeFile(
      path,
      "contract Held { uint immutable x; constructor(uint y) { x = y; } function get() external view returns (uint) { return x; } }",
    );
    const project = await readProject({ paths: [path], libraries: [], remappings: [] });
    const compile = compilerProcess({ program: join(programs.folder, "compile.mjs"), timeoutMs: 60_000 });
    let built = "";
    const seen = async (input: string) => {
      const output = await compile(input);
      built = JSON.parse(output).contracts["Held.sol"].Held.evm.deployedBytecode.object;
      return output;
    };
    const match = async (code: string) => {
      const onChain = { call: "eth_getCode", block: 1, result: code };
      return (await bytecodeMatch(project, { contract: "Held", optimizerRuns: undefined, onChain, compile: seen }))
        .verdict;
    };
    expect(await match("0x")).toBe("unverified");
    // The immutable is a push of 32 zeros until it is set; the metadata end with their length.
    const deployed = built.replace(`7f${"00".repeat(32)}`, `7f${"00".repeat(31)}2a`);
    expect(deployed).not.toBe(built);
    const length = Number.parseInt(built.slice(-4), 16) * 2;
    const otherMetadata = `${deployed.slice(0, -4 - length)}${"ab".repeat(length / 2)}${built.slice(-4)}`;
    expect(await match(`0x${otherMetadata}`)).toBe("verified");
    expect(await match(`0x60${otherMetadata.slice(2)}`.replace("0x6080", "0x6081"))).toBe("unverified");
  }, 60_000);
});

describe("the program", () => {
  it("prints a table whose lines say where, and as JSON the evidence with its quote", async () => {
    const path = join(pairs, "reentrancy--classic.sol");
    const shown = run(path, join(pairs, "unchecked-return--send.sol"));
    expect(shown.status).toBe(1);
    expect(shown.stdout).toMatch(/^Grade: high\. The worst finding counts: F1\./);
    expect(shown.stdout).toContain("| F1 | high | reentrancy |");
    expect(shown.stdout).toContain("A second opinion, by solhint");
    const json = JSON.parse(run(path, "--json").stdout);
    const { where } = json.findings[0];
    const text = (await readFile(path)).subarray(where.start, where.end).toString();
    expect(text).toBe('msg.sender.call{value: amount}("")');
    expect(text).toBe(where.quote);
  }, 60_000);

  it("says what does not compile, and what the parser could read of it", async () => {
    const folder = join(programs.folder, "broken");
    await mkdir(folder);
    await writeFile(
      join(folder, "Broken.sol"),
      "contract Half { Missing x; function end() public { selfdestruct(payable(msg.sender)); } }",
    );
    await writeFile(
      join(folder, "Old.sol"),
      "pragma solidity 0.8.4;\ncontract Fine { uint x; function set(uint y) external { x = y; } }",
    );
    await writeFile(join(folder, "Far.sol"), 'import "nowhere/Far.sol";\ncontract Far {}');
    const { stdout, status } = run(folder, "--no-solhint");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Grade: unknown\. 2 files did not compile/);
    expect(stdout).toContain("Read by the parser alone: Broken.sol: Half (end/0); look at selfdestruct, line 1");
    expect(stdout).toContain("Old.sol ask for another compiler than 0.8.37");
    expect(stdout).toContain("Far.sol imports nowhere/Far.sol");
  }, 60_000);

  it("answers a wrong call with its usage", () => {
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining("Usage") });
    expect(run("nowhere.sol")).toMatchObject({ status: 2, stderr: expect.stringContaining("cannot be read") });
  });
});

function isHigh(finding: Finding): boolean {
  return finding.risk !== "low" && finding.risk !== "none";
}

it("SKILL.md has a name and a description, and names the programs where the image has them", async () => {
  const text = await readFile(join(import.meta.dirname, "../SKILL.md"), "utf8");
  expect(text).toMatch(/^---\nname: financial-dd\ndescription: .{20,1024}\n---\n/);
  for (const name of ["contracts", "audit", "chain", "market", "risk"])
    expect(text).toContain(`node /skills/financial-dd/${name}.mjs`);
});
