import { z } from "zod";
import type { BuiltInSkill } from "./built-in.js";
import { SkillFile } from "./skill-file.js";
import { type SkillRecord, SkillTest } from "./skill-record.js";

/** What a person is told of a skill. Of one name there may be one that is installed, and another that is proposed. */
export const SkillInfo = z.object({
  name: z.string(),
  description: z.string(),
  /** SHA-256 over its files. */
  hash: z.string(),
  state: z.enum(["built-in", "installed", "proposed", "rejected"]),
  /** Where from: `built in`, a folder, `run <id>`, or `choir:<article>@<version>`. */
  from: z.string(),
  /** Whose signature it carries, for one from the knowledge base: the author's public key. */
  signedBy: z.string().optional(),
  author: z.string().optional(),
  /** Since when, ISO 8601; absent for a built-in one. */
  at: z.string().optional(),
  test: SkillTest.optional(),
  /** What a person said when they rejected it. */
  message: z.string().optional(),
  /** The article that it was published as from here. */
  published: z.object({ article: z.string(), version: z.string() }).optional(),
});
export type SkillInfo = z.infer<typeof SkillInfo>;

/** The same with its files; of a built-in one, only `SKILL.md` has its text. */
export const ShownSkill = SkillInfo.extend({
  files: z.array(SkillFile.extend({ text: z.string().optional(), bytes: z.number() })),
});
export type ShownSkill = z.infer<typeof ShownSkill>;

/** What could be installed, looked at before it is. */
export const OfferedSkill = ShownSkill.omit({ state: true }).extend({
  /** What has its name now; absent: nothing. */
  instead: SkillInfo.optional(),
});
export type OfferedSkill = z.infer<typeof OfferedSkill>;

/** What there is of a name: one, or two. */
export function infosOf({ name, installed, proposed, published }: SkillRecord): SkillInfo[] {
  const infos: SkillInfo[] = [];
  if (installed !== undefined) {
    const { hash, description, at, test, from } = installed;
    const isPublished = published?.hash === hash;
    const origin = originInfo(from);
    infos.push({
      ...{ name, description, hash, state: "installed", at, test, ...origin },
      published: isPublished ? { article: published.article, version: published.version } : undefined,
    });
  }
  if (proposed !== undefined) {
    const { hash, description, at, test, run, rejected } = proposed;
    const state = rejected === undefined ? "proposed" : "rejected";
    infos.push({
      name,
      description,
      hash,
      state,
      from: `run ${run}`,
      at,
      test,
      message: rejected?.message || undefined,
    });
  }
  return infos;
}

export function builtInInfo({ name, description, hash }: BuiltInSkill): SkillInfo {
  return { name, description, hash, state: "built-in", from: "built in" };
}

export function originInfo(
  from: NonNullable<SkillRecord["installed"]>["from"],
): Pick<SkillInfo, "from" | "signedBy" | "author"> {
  if (from.kind === "folder") return { from: from.path };
  if (from.kind === "run") return { from: `run ${from.run}` };
  return { from: `choir:${from.article}@${from.version}`, signedBy: from.authorKey, author: from.author };
}
