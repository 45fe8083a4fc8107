import type { Journal } from "../journal.js";
import { isExpired, openItem } from "./item.js";
import type { Pieces } from "./pieces.js";
import type { Projection } from "./projection.js";
import { itemsUnder } from "./subjects.js";

/** A large value is stored before the message that refers to it: what is younger than this may still be waiting for that. */
const WAITING_MS = 60 * 60_000;

/** Removes what nobody can read any more: items whose time is over, with all their versions, and large values of versions that
 * have made room for newer ones. */
export async function sweep(o: {
  journal: Journal;
  pieces: Pieces;
  projection: Projection;
  agent: string;
}): Promise<void> {
  const { journal, pieces, projection, agent } = o;
  await projection.catchUp();
  for (const held of [...projection.all()]) {
    if (!isExpired(held.head)) continue;
    // Only up to what was found: somebody may have written the item again.
    await journal.purge(held.subject, { before: held.seq + 1 });
    projection.forget(held);
  }
  const kept = new Map<string, ReturnType<typeof hashesOf>>();
  for await (const { name, subject, hash, storedAt } of pieces.objects(itemsUnder(agent, []))) {
    if (Date.now() - storedAt.getTime() < WAITING_MS) continue;
    const hashes = kept.get(subject) ?? hashesOf(journal, subject, projection);
    kept.set(subject, hashes);
    const referred = await hashes;
    if (referred !== "unknown" && !referred.has(hash)) await pieces.delete(name);
  }
}

/** The large pieces that any version of an item refers to; unknown if one of them cannot be read. */
async function hashesOf(journal: Journal, subject: string, projection: Projection): Promise<Set<string> | "unknown"> {
  const hashes = new Set<string>();
  for await (const entry of journal.from(subject, 1)) {
    const stored = await projection.spared(async () => openItem(entry));
    if (stored === undefined) return "unknown";
    for (const piece of [stored.head.value?.piece, stored.head.vectors?.piece]) {
      if (piece?.in === "object") hashes.add(piece.hash);
    }
  }
  return hashes;
}
