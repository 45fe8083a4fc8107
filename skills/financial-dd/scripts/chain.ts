/** Asks a chain who holds the rights over a contract, and whether its code is what the sources compile to. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ageFrom, ageOf } from "../src/chain/age.js";
import { bytecodeMatch } from "../src/chain/bytecode.js";
import { keyholder, rolesOf } from "../src/chain/keyholder.js";
import { Chain } from "../src/chain/rpc.js";
import { run } from "../src/program.js";
import { compilerProcess } from "../src/solidity/compiler.js";
import { readProject } from "../src/solidity/project.js";
import { markdownTable } from "../src/table.js";

const USAGE = `Usage: node chain.mjs --rpc URL --contract 0x… [--holder NAME=0x…]... [--created BLOCK] [--sources FOLDER --name CONTRACT [--runs N] [--libraries FOLDER]] [--json]
  --rpc      a node's JSON-RPC; its host must be allowed by the egress policy
  --holder   somebody else with a right, such as minter=0x…
  --created  the block in which it was made, for its age; without it the node is asked, which has to keep history for that
  --sources  compares the code at the address with what these compile to (--runs: with the optimizer)
Exit code 0: no right is with a single key and the code matches, as far as asked; 1: else; 2: wrong call, or the node does not answer.`;

await run(async () => {
  const { values } = parseArgs({
    options: {
      rpc: { type: "string" },
      contract: { type: "string" },
      holder: { type: "string", multiple: true },
      created: { type: "string" },
      sources: { type: "string" },
      name: { type: "string" },
      runs: { type: "string" },
      libraries: { type: "string", multiple: true },
      json: { type: "boolean" },
    },
  });
  const { rpc, contract, sources, name } = values;
  if (!rpc || !contract || !/^0x[0-9a-fA-F]{40}$/.test(contract) || (sources && !name)) throw new Error(USAGE);
  const chain = await Chain.at(rpc);
  const roles = await rolesOf(chain, contract);
  const named = (values.holder ?? []).map(
    (line) => /^(\w+)=(0x[0-9a-fA-F]{40})$/.exec(line) ?? [undefined, undefined, undefined],
  );
  if (named.some(([, role]) => role === undefined)) throw new Error(USAGE);
  const asked = [
    ...(roles.owner ? [{ role: "owner", address: roles.owner.address }] : []),
    ...(roles.admin ? [{ role: "admin", address: roles.admin.address }] : []),
    ...named.map(([, role, address]) => ({ role: role ?? "", address: address ?? "" })),
  ];
  const powers = await Promise.all(
    asked.map(async ({ role, address }) => ({ role, ...(await keyholder(chain, address)) })),
  );
  const found =
    values.created === undefined
      ? await ageOf(chain, contract)
      : await ageFrom(chain, contract, Number(values.created));
  const age = typeof found === "string" ? undefined : found;
  let bytecode: { verdict: string; why: string; call: string; block: number } | undefined;
  if (sources && name) {
    const onChain = await chain.code(roles.implementation?.address ?? contract);
    const project = await readProject({ paths: [sources], libraries: values.libraries ?? [], remappings: [] });
    const compile = compilerProcess({
      program: fileURLToPath(new URL("compile.mjs", import.meta.url)),
      timeoutMs: 540_000,
    });
    const optimizerRuns = values.runs === undefined ? undefined : Number(values.runs);
    const match = await bytecodeMatch(project, { contract: name, optimizerRuns, onChain, compile });
    bytecode = { ...match, call: onChain.call, block: onChain.block };
  }
  const report = {
    kind: "chain" as const,
    chainId: chain.chainId,
    block: chain.block,
    contract,
    implementation: roles.implementation?.address,
    powers,
    age,
    notes: typeof found === "string" ? [found] : [],
    bytecode,
  };
  const text = [
    `Chain ${chain.chainId}, block ${chain.block}. Implementation: ${roles.implementation?.address ?? "none (EIP-1967)"}.${age === undefined ? "" : ` Age: ${age.days.toFixed(1)} days, made in block ${age.created}.`}`,
    ...report.notes.map((note) => `Note: ${note}`),
    ...(bytecode ? [`Code: ${bytecode.verdict}. ${bytecode.why}`] : []),
    markdownTable(
      ["right", "address", "who", "detail"],
      powers.map((p) => [p.role, p.address, p.kind, p.detail]),
    ),
  ].join("\n");
  const bad = powers.some((power) => power.kind === "single key") || bytecode?.verdict === "unverified";
  return { text: values.json ? JSON.stringify(report, null, 2) : text, code: bad ? 1 : 0 };
});
