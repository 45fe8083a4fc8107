import { z } from "zod";

/** Tags that an article may have. */
export const MOST_TAGS = 20;

/** A tag as it is kept: lower case, hyphens for spaces; signs that names of languages and tools have (c++, c#, node.js). */
export const tagSchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}.+#-]{0,39}$/u, "must be up to 40 letters, digits and hyphens");

/** A tag in the one form that it is kept and looked for in; what is no tag is returned as it is and fails {@link tagSchema}. */
export function normalizeTag(tag: string): string {
  return tag
    .normalize("NFKC")
    .toLowerCase()
    .trim()
    .replace(/^#+/, "")
    .replace(/[\s_]+/gu, "-");
}

/** What a person gives: normalised, each once, in their order. */
export const tagsSchema = z
  .array(z.string().transform(normalizeTag).pipe(tagSchema))
  .transform((tags) => [...new Set(tags)])
  .pipe(z.array(tagSchema).max(MOST_TAGS, `must be at most ${MOST_TAGS}`));
