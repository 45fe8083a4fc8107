import type { Files, MicroVM } from "@vibewriter/microvm";

/** What sessions need of a VM. */
export interface SessionVm extends Pick<MicroVM, "isolation" | "exec" | "terminal" | "signal"> {
  readonly files: Pick<Files, "readStream" | "writeStream">;
}
