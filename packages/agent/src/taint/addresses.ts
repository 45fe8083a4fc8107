import { sha256 } from "../canonical.js";
import { askInGraph } from "../policy/ask.js";
import { type DoorContext, permit } from "../policy/permit.js";
import { oneLine } from "../sanitize.js";
import type { ToolContext } from "../tools/context.js";
import { keepSecrets } from "./output-filter.js";

/** What of a run's context reading an address rests on. */
export type AddressContext = DoorContext & {
  readonly person: Pick<ToolContext["person"], "isThere">;
  readonly sources: Pick<ToolContext["sources"], "isKnown" | "allow">;
};

/** Where a person has written an address. */
const ADDRESS = /https?:\/\/[^\s<>"'`)\]}]+/gi;

/**
 * Sees to it that an address may be read: one that a search of the run has found, or that a person has written, to the letter, since an address of
 * a model's own making can carry out whatever the model knows. Any other one is asked about, where somebody is there; where nobody is,
 * reading it is refused by whoever reads.
 * @throws Refusal `secret_found`, and those of `permit`
 */
export async function mayRead(context: AddressContext, address: string): Promise<void> {
  keepSecrets(context, "address", address);
  if (!/^https?:/i.test(address) || (await context.sources.isKnown(address)) || !(await context.person.isThere()))
    return;
  await permit(
    context,
    {
      operation: "egress_new_host",
      tool: "read_source",
      args: { source: address },
      effectKey: `read:${context.scope}:${sha256(address)}`,
      question: `Read ${oneLine(address, 300)}, which no search of this run has found?`,
    },
    askInGraph,
  );
  await context.fence.check();
  await context.sources.allow(address);
}

/** The addresses in a person's words; a full stop or comma behind one ends the sentence. */
export function addressesIn(text: string): string[] {
  return (text.match(ADDRESS) ?? []).map((address) => address.replace(/[.,;:!?]+$/, ""));
}
