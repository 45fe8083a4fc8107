import { isMicroVMError } from "../errors.js";
import type { HomePaths } from "../home.js";
import type { TemplateSpec } from "../templates/spec.js";
import type { TemplateStore } from "../templates/store.js";
import { sweepTemplates } from "../templates/sweep.js";

export interface GcItem {
  kind: "template";
  path: string;
  /** Allocated. */
  bytes: number;
}

/** What a collection removed, or would remove. */
export interface GcReport {
  items: GcItem[];
  bytes: number;
}

/** Removes what nobody needs: templates that no VM or snapshot starts from, and that were not used for a week. */
export async function collectGarbage(o: {
  paths: HomePaths;
  templates: TemplateStore;
  /** What VMs and snapshots start from next. */
  needed: TemplateSpec[];
  dryRun: boolean;
}): Promise<GcReport> {
  const keep = new Set(await keysOf(o.templates, o.needed));
  const swept = await sweepTemplates(o.paths, { keep, dryRun: o.dryRun });
  const items = swept.map((item) => ({ kind: "template" as const, ...item }));
  return { items, bytes: items.reduce((total, { bytes }) => total + bytes, 0) };
}

async function keysOf(templates: TemplateStore, specs: TemplateSpec[]): Promise<string[]> {
  const different = new Map(specs.map((spec) => [JSON.stringify(spec), spec]));
  const keys = await Promise.all(
    [...different.values()].map((spec) =>
      templates.key(spec).catch((error: unknown) => {
        // A layer or an image that is gone: nothing can start from such a template.
        if (isMicroVMError(error)) return [];
        throw error;
      }),
    ),
  );
  return keys.flat();
}
