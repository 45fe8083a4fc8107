import { isAbsolute } from "node:path";
import { ArticleSource } from "@vibewriter/agent/runs";

/** Whether each names a source wherever the server works: an absolute path, or `choir:` and the whole id of an article. */
export function areSources(sources: readonly string[]): boolean {
  return sources.every((source) => isAbsolute(source) || ArticleSource.safeParse(source).success);
}

export const NOT_ABSOLUTE =
  "Paths must be absolute, because the server has another working folder than you; an article is named as choir: and its whole id.";
