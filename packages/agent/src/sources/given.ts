import { readFile, stat } from "node:fs/promises";
import type { FileStore } from "@vibewriter/backbone";
import {
  expandSources,
  type GivenArticle,
  type KeptFile,
  keepFile,
  type SkippedFile,
  type SourceFile,
} from "@vibewriter/evidence";
import { z } from "zod";
import { AgentError, errorCode } from "../errors.js";
import { ArticleSource, type RunRecord } from "../runs/record.js";

const LARGEST_DRAFT_BYTES = 2 * 1024 * 1024;
/** Files that are kept at the same time. */
const AT_ONCE = 4;

const Given = z.object({
  files: z.array(
    z.union([
      z.object({ uri: z.string(), mediaType: z.string(), bytes: z.number(), isNamed: z.boolean(), sha256: z.string() }),
      z.object({ uri: ArticleSource, isNamed: z.literal(true) }),
    ]),
  ),
  skipped: z.array(z.object({ uri: z.string(), reason: z.string() })),
});

/**
 * What a run was given, in the order given: files by what they are where they were kept, else by their paths on the host where the person
 * asked; articles by their ids.
 */
export interface Given {
  readonly files: readonly (SourceFile | KeptFile | GivenArticle)[];
  readonly skipped: readonly Pick<SkippedFile, "uri" | "reason">[];
}

type Run = Pick<RunRecord, "runId" | "agentId" | "sources" | "draft">;

/** What persons give to runs, kept as bytes before a run is queued: its worker may be on a host that has none of these files. */
export class GivenFiles {
  readonly #files: FileStore;

  constructor(files: FileStore) {
    this.#files = files;
  }

  /** Keeps the files under the paths of a run, besides those that it was given before. @throws EvidenceError if they cannot be read */
  async keep(run: Run): Promise<void> {
    if (run.sources.length === 0) return;
    const { files, skipped } = await expand(run.sources);
    const kept: (KeptFile | GivenArticle | undefined)[] = [];
    const secret: Given["skipped"][number][] = [];
    const waiting = [...files.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [place, file] = next;
        kept[place] = "path" in file ? await this.#keepFile(run, file, secret) : file;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const passedOver = [...skipped.map(({ uri, reason }) => ({ uri, reason })), ...secret];
    const before = await this.#before(run);
    const known = new Set(before.files.map(({ uri }) => uri));
    const added = kept.filter((file) => file !== undefined).filter(({ uri }) => !known.has(uri));
    const given = { files: [...before.files, ...added], skipped: passedOver };
    await this.#files.put(`${folderOf(run)}/given.json`, Buffer.from(JSON.stringify(given)));
  }

  async #before(run: Run): Promise<z.infer<typeof Given>> {
    const kept = await this.#files.get(`${folderOf(run)}/given.json`);
    return kept === undefined
      ? { files: [], skipped: [] }
      : Given.parse(JSON.parse(Buffer.from(kept).toString("utf8")));
  }

  /** A file that holds a registered secret is kept nowhere: one that was named fails the run, one in a folder is passed over. */
  async #keepFile(
    run: Run,
    file: SourceFile,
    secret: { uri: string; reason: string }[],
  ): Promise<KeptFile | undefined> {
    try {
      return await keepFile({ files: this.#files, agentId: run.agentId }, file);
    } catch (cause) {
      if (errorCode(cause) !== "secret_found") throw cause;
      const reason = "It holds a key that is in use here; take the key out of it.";
      if (file.isNamed) throw new AgentError("secret_found", `${file.uri} cannot be a source. ${reason}`, { cause });
      secret.push({ uri: file.uri, reason });
      return undefined;
    }
  }

  /** What the run was given. A run of an earlier release has kept nothing, and its paths are read where it is driven. */
  async of(run: Run): Promise<Given> {
    const kept = await this.#files.get(`${folderOf(run)}/given.json`);
    if (kept !== undefined) return Given.parse(JSON.parse(Buffer.from(kept).toString("utf8")));
    return run.sources.length === 0 ? { files: [], skipped: [] } : await expand(run.sources);
  }

  /** Keeps a person's own draft as it is now. @throws AgentError `invalid_request` if it cannot be read as text, `secret_found` */
  async keepDraft(run: Run): Promise<void> {
    if (run.draft === undefined) return;
    const text = await readOwnDraft(run.draft);
    try {
      await this.#files.put(`${folderOf(run)}/draft.md`, Buffer.from(text), { refuseKeys: true });
    } catch (cause) {
      if (!(cause instanceof Error) || errorCode(cause) !== "secret_found") throw cause;
      throw new AgentError("secret_found", `The draft ${run.draft} cannot be published: ${cause.message}`, { cause });
    }
  }

  /** The person's own draft. @throws AgentError `invalid_request` if it cannot be read as text */
  async draftOf(run: Run): Promise<string> {
    const kept = await this.#files.get(`${folderOf(run)}/draft.md`);
    return kept === undefined ? await readOwnDraft(run.draft ?? "") : new TextDecoder().decode(kept);
  }
}

/** What is given, in the order given, each once: articles as they are named, and the files under the paths. @throws EvidenceError */
async function expand(sources: readonly string[]): Promise<{
  files: (SourceFile | GivenArticle)[];
  skipped: readonly SkippedFile[];
}> {
  const paths = sources.filter((source) => !ArticleSource.safeParse(source).success);
  const { files, skipped } = paths.length === 0 ? { files: [], skipped: [] } : await expandSources(paths);
  let place = -1;
  const given = sources.flatMap((source): (SourceFile | GivenArticle)[] => {
    const article = ArticleSource.safeParse(source).data;
    if (article !== undefined) return [{ uri: article, isNamed: true }];
    place += 1;
    return files.filter((file) => file.place === place);
  });
  return { files: [...new Map(given.map((one) => [one.uri, one])).values()], skipped };
}

/** Not among the files of the run's own folder, which programs in its VM can replace. */
function folderOf({ agentId, runId }: Run): string {
  return `${agentId}/given/${runId}`;
}

async function readOwnDraft(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_DRAFT_BYTES)
      throw new AgentError("invalid_request", `The draft ${path} is larger than 2 MiB; shorten it.`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new AgentError("invalid_request", `The draft ${path} cannot be read as text; check the path.`, { cause });
  }
}
