import { z } from "zod";
import { diskSize } from "../request.js";
import { templateSpec } from "../templates/spec.js";

/**
 * What an exported file says of its VM: its shape. Nothing in it gives a VM rights, or names a file of the host: layers, user, limits, labels
 * and egress policy are what whoever imports it says.
 */
export const exportRecord = z.strictObject({
  format: z.literal("vibewriter-vm"),
  version: z.literal(1),
  vm: z.string().max(64),
  exportedAt: z.string().max(64),
  template: templateSpec.omit({ layers: true }).strict(),
  diskMiB: diskSize,
});
export type ExportRecord = z.infer<typeof exportRecord>;

/** The last file of an export: how many pieces of the disk came before it, and the SHA-256 of all names and contents. */
export const exportEnd = z.strictObject({ pieces: z.number().int().nonnegative(), sha256: z.string() });

export const recordName = "vm.json";
export const endName = "end.json";
export const pieceBytes = 1_048_576;
const piecePattern = /^disk\/([0-9a-f]{16})$/;

export function pieceName(offset: number): string {
  return `disk/${offset.toString(16).padStart(16, "0")}`;
}

/** Where a piece belongs; undefined: it is none. */
export function pieceOffset(name: string): number | undefined {
  const digits = piecePattern.exec(name)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
