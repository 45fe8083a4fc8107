import { callsIn, type Facts, lineage } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import { child, children, flag, text, typeOf } from "../solidity/ast.js";
import type { Contract, StorageSlot } from "../solidity/program.js";
import type { Detector } from "./detector.js";

/** Two pieces of code that take the same slot for different things. */
export const storageLayout: Detector = {
  id: "storage-layout",
  about:
    "proxies whose own variables lie where the implementation's do, versions that do not continue each other's storage, bases without a gap",
  find: (facts) => [...proxyOverlap(facts), ...versions(facts), ...gaps(facts)],
};

function proxyOverlap(facts: Facts): Draft[] {
  const own = facts.contract.layout;
  const delegates = facts.actions.some(
    (entry) => entry.name === "fallback" && callsIn(entry).some((h) => h.step.by === "delegatecall"),
  );
  if (!delegates || own.length === 0) return [];
  const implementations = facts.program.contracts.filter((other) => isImplementation(other, facts.contract));
  const clash = implementations.find((other) =>
    other.layout.some((slot) => own.some((mine) => mine.slot === slot.slot && !isSame(mine, slot))),
  );
  if (!clash && implementations.length > 0) return [];
  const [first] = own;
  const variable = facts.variables.find((node) => text(node, "name") === first?.label);
  return [
    {
      title: clash
        ? `The proxy and ${clash.name} use the same slots for different things`
        : "The proxy keeps variables where an implementation keeps its own",
      severity: clash ? "critical" : "high",
      likelihood: "possible",
      where: facts.program.placeOf(variable ?? facts.contract.node),
      why: `${own
        .slice(0, 3)
        .map((slot) => `${slot.label} (slot ${slot.slot})`)
        .join(
          ", ",
        )} of the proxy ${clash ? `meets ${clash.layout[0]?.label} of ${clash.name}` : "lies in ordinary slots"}: what one writes changes the other. EIP-1967 names slots that nothing else uses.`,
    },
  ];
}

/** Contracts in the same file, with storage of their own, that are neither proxies nor inherited by this one. */
function isImplementation(other: Contract, proxy: Contract): boolean {
  if (other.file !== proxy.file || other === proxy || other.kind !== "contract" || other.layout.length === 0)
    return false;
  if (proxy.line.includes(other.node) || other.line.includes(proxy.node)) return false;
  const named = /impl|logic|v\d+$/i.test(other.name);
  return named && !children(other.node, "nodes").some((node) => text(node, "kind") === "fallback");
}

function isSame(a: StorageSlot, b: StorageSlot): boolean {
  return (
    a.slot === b.slot &&
    a.offset === b.offset &&
    a.type === b.type &&
    a.label.replace(/^_+/, "") === b.label.replace(/^_+/, "")
  );
}

/** `VaultV1` and `VaultV2`, `Box` and `BoxV2` */
function versions(facts: Facts): Draft[] {
  const { name, layout, line } = facts.contract;
  const [, base, number] = /^(.*?)_?V(\d+)$/i.exec(name) ?? [];
  if (!base || !number) return [];
  const wanted =
    Number(number) === 2
      ? [base, `${base}V1`, `${base}_V1`]
      : [`${base}V${Number(number) - 1}`, `${base}_V${Number(number) - 1}`];
  const before = facts.program.contracts.find(
    (other) => other.target && wanted.some((w) => w.toLowerCase() === other.name.toLowerCase()),
  );
  if (!before || line.includes(before.node)) return [];
  const lost = before.layout.find(
    (slot) =>
      !/__gap/.test(slot.label) &&
      !layout.some(
        (mine) =>
          mine.slot === slot.slot && mine.offset === slot.offset && mine.type === slot.type && isNamedAlike(mine, slot),
      ),
  );
  if (!lost) return [];
  return [
    {
      title: `${name} does not continue the storage of ${before.name}`,
      severity: "critical",
      likelihood: "possible",
      where: facts.program.placeOf(facts.contract.node),
      why: `${lost.label} lies in slot ${lost.slot} in ${before.name}, and ${name} has ${layout.find((slot) => slot.slot === lost.slot)?.label ?? "nothing"} there: after an upgrade it reads something else.`,
    },
  ];
}

function isNamedAlike(a: StorageSlot, b: StorageSlot): boolean {
  return a.label.replace(/^_+/, "").toLowerCase() === b.label.replace(/^_+/, "").toLowerCase();
}

/** Bases of upgradeable contracts that leave no room for variables of their next version. */
function gaps(facts: Facts): Draft[] {
  const { contract, program } = facts;
  if (!lineage(contract).some((name) => /^Initializable$|Upgradeable$/.test(name))) return [];
  return contract.line
    .slice(1)
    .filter((base) => program.isTarget(base))
    .filter((base) => {
      const variables = children(base, "nodes").filter(
        (node) => flag(node, "stateVariable") && !flag(node, "constant") && text(node, "mutability") === "mutable",
      );
      const later = contract.layout.findIndex((slot) =>
        variables.some((variable) => text(variable, "name") === slot.label),
      );
      const followed = later !== -1 && contract.layout.slice(later + variables.length).length > 0;
      return (
        variables.length > 0 &&
        followed &&
        !variables.some(
          (variable) =>
            /gap/i.test(text(variable, "name")) && child(variable, "typeName") && /\[/.test(typeOf(variable)),
        )
      );
    })
    .slice(0, 1)
    .map((base) => ({
      title: `${text(base, "name")} leaves no gap in the storage of ${contract.name}`,
      severity: "medium" as const,
      likelihood: "possible" as const,
      where: program.placeOf(base),
      why: `A variable that is added to ${text(base, "name")} in a later version moves everything that ${contract.name} declares after it.`,
    }));
}
