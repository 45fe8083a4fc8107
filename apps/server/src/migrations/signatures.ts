import { requireSignatures } from "@vibewriter/choir";
import type { MigrationParts } from "./migration.js";

/**
 * 2 to 3: from here on the knowledge base takes nothing that is not signed. An effect in its stream says so, behind what there is, which stays
 * readable, unsigned.
 */
export async function signatures({ backbone }: MigrationParts): Promise<void> {
  await requireSignatures(backbone);
}
