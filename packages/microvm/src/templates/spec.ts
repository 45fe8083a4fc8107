import { createHash } from "node:crypto";
import { z } from "zod";
import { fileDigest } from "../file-digest.js";
import { imageName } from "../images/record.js";
import type { ResolvedImage } from "../images/registry.js";

/** What a kind of VM consists of; VMs of one template are clones of one saved machine. */
export interface TemplateSpec {
  name: string;
  memoryMiB: number;
  /** Default 1. */
  vcpus?: number;
  /** The name of an image of the home (`ImageRegistry`). Default: the one that the home was opened with. */
  image?: string;
  /** Read-only erofs files laid over the image, uppermost last. */
  layers: string[];
  /** Commands run before the machine is saved, so that what they load is in memory already. */
  warm?: string[][];
  /** Long-lived processes that every clone finds running, reached with `MicroVM.service`. */
  services?: { name: string; argv: string[]; env?: Record<string, string>; readyMs: number }[];
}

export const templateSpec = z.object({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  memoryMiB: z.number().int().min(64).max(65_536),
  vcpus: z.number().int().min(1).max(16).optional(),
  image: z.string().regex(imageName).optional(),
  layers: z.array(z.string()).max(4),
  warm: z.array(z.array(z.string()).min(1)).optional(),
  services: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9-]{1,40}$/),
        argv: z.array(z.string()).min(1),
        env: z.record(z.string(), z.string()).optional(),
        readyMs: z.number().int().positive(),
      }),
    )
    .optional(),
});

/** Raised when the way templates are built changes. */
const generation = 2;

/** The cache key of a template: a hash over everything that decides what is in it. */
export async function templateKey(o: {
  spec: TemplateSpec;
  image: ResolvedImage;
  fingerprint: string;
}): Promise<string> {
  const layers = await Promise.all([...o.image.layers, ...o.spec.layers].map(fileDigest));
  const parts = JSON.stringify([generation, o.fingerprint, o.image.files.digest, { ...o.spec, layers }]);
  return createHash("sha256").update(parts).digest("hex").slice(0, 32);
}
