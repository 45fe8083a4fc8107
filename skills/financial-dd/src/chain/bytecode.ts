import { z } from "zod";
import type { Compile } from "../solidity/compiler.js";
import type { Project } from "../solidity/project.js";
import type { Read } from "./rpc.js";

const Answer = z.object({
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          evm: z.object({
            deployedBytecode: z.object({
              object: z.string(),
              immutableReferences: z
                .record(z.string(), z.array(z.object({ start: z.number(), length: z.number() })))
                .optional(),
            }),
          }),
        }),
      ),
    )
    .optional(),
});

export interface Match {
  readonly verdict: "verified" | "unverified";
  readonly why: string;
}

/** Whether what runs on the chain is what the sources compile to: metadata left out, immutables as they are there. */
export async function bytecodeMatch(
  project: Project,
  o: { contract: string; optimizerRuns: number | undefined; onChain: Read; compile: Compile },
): Promise<Match> {
  const sources = Object.fromEntries(
    [...project.files].map(([name, content]) => [
      name,
      { content: content.replace(/pragma\s+solidity\s+[^;]*;/g, "") },
    ]),
  );
  const optimizer = { enabled: o.optimizerRuns !== undefined, runs: o.optimizerRuns ?? 200 };
  const outputSelection = { "*": { "*": ["evm.deployedBytecode"] } };
  const { contracts } = Answer.parse(
    JSON.parse(
      await o.compile(JSON.stringify({ language: "Solidity", sources, settings: { optimizer, outputSelection } })),
    ),
  );
  const built = Object.values(contracts ?? {}).flatMap((file) => file[o.contract] ?? [])[0]?.evm.deployedBytecode;
  if (!built?.object)
    return { verdict: "unverified", why: `The sources have no contract ${o.contract} that compiles.` };
  const chain = o.onChain.result.replace(/^0x/, "").toLowerCase();
  if (chain === "") return { verdict: "unverified", why: "There is no code at that address." };
  const holes = Object.values(built.immutableReferences ?? {}).flat();
  const [a, b] = [plain(built.object, holes), plain(chain, holes)];
  return a === b
    ? {
        verdict: "verified",
        why: "The code on the chain is what the sources compile to, metadata and immutables left out.",
      }
    : {
        verdict: "unverified",
        why: "The code on the chain differs from what the sources compile to; another version or other settings of the compiler give that too.",
      };
}

function plain(code: string, holes: readonly { start: number; length: number }[]): string {
  let text = code.toLowerCase();
  for (const { start, length } of holes)
    text = text.slice(0, 2 * start) + "0".repeat(2 * length) + text.slice(2 * (start + length));
  // The last two bytes say how long the metadata before them are.
  const length = Number.parseInt(text.slice(-4), 16);
  return length > 0 && length * 2 + 4 < text.length ? text.slice(0, -(length * 2 + 4)) : text;
}
