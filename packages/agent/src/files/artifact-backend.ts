import { BackboneError, type FileStore, type FileVersion, type PutResult } from "@vibewriter/backbone";
import { lineWindow, mediaType } from "@vibewriter/microvm";
import type {
  BackendProtocolV2,
  DeleteResult,
  EditResult,
  FileDownloadResponse,
  FileInfo,
  FileUploadResponse,
  GlobResult,
  GrepResult,
  LsResult,
  ReadRawResult,
  ReadResult,
  WriteResult,
} from "deepagents";
import { globPattern } from "./glob.js";

const LARGEST = 64 * 1024 * 1024;
/** Matches that a search answers with, and characters of a line in one. */
const MOST_MATCHES = 1_000;
const LONGEST_LINE = 2_000;
const TRIES = 8;

type Located = FileVersion & { path: string };

/**
 * A backend of deepagents whose files are in the object store, each with its versions, and in no VM: for agents that need durable
 * files and no commands. An edit is a compare-and-set, so of two edits at once none is lost.
 *
 * ```ts
 * const agent = createDeepAgent({ model, backend: new ArtifactBackend(backbone.files, { prefix: "agent-1/artifacts" }) });
 * ```
 */
export class ArtifactBackend implements BackendProtocolV2 {
  readonly #files: FileStore;
  readonly #prefix: string;
  readonly #writer: string | undefined;

  /** @param o.prefix how the keys of these files begin; @param o.writer who writes, for the history */
  constructor(files: FileStore, o: { prefix: string; writer?: string }) {
    this.#files = files;
    this.#prefix = o.prefix;
    this.#writer = o.writer;
  }

  async ls(path: string): Promise<LsResult> {
    const base = folderOf(path);
    const found = new Map<string, FileInfo>();
    for (const file of await this.#below(base)) {
      const [name = "", ...more] = file.path.slice(base.length).split("/");
      if (more.length === 0) found.set(`${base}${name}`, shown(file));
      else found.set(`${base}${name}/`, { path: `${base}${name}/`, is_dir: true, size: 0 });
    }
    return { files: [...found.values()] };
  }

  async read(filePath: string, offset = 0, limit = 500): Promise<ReadResult> {
    const { mimeType, isText } = mediaType(filePath);
    return await explained(filePath, async () => {
      const { bytes } = await this.#get(filePath);
      if (!isText) return { content: bytes, mimeType };
      const text = new TextDecoder().decode(bytes);
      const window = lineWindow(text, offset, limit);
      if (window !== undefined) return { mimeType, ...window };
      const lines = lineWindow(text, 0, 0)?.totalLines ?? 0;
      return { error: `Line offset ${offset} is past the end of '${filePath}', which has ${lines} lines` };
    });
  }

  async readRaw(filePath: string): Promise<ReadRawResult> {
    const { mimeType, isText } = mediaType(filePath);
    return await explained(filePath, async () => {
      const { bytes, time } = await this.#get(filePath);
      const content = isText ? new TextDecoder().decode(bytes) : bytes;
      return { data: { content, mimeType, created_at: time, modified_at: time } };
    });
  }

  async write(filePath: string, content: string): Promise<WriteResult> {
    // deepagents passes binary content as base64.
    const bytes = Buffer.from(content, mediaType(filePath).isText ? "utf8" : "base64");
    return await explained(filePath, async () => {
      await this.#put(filePath, bytes);
      return { path: filePath, filesUpdate: null };
    });
  }

  async edit(filePath: string, oldString: string, newString: string, replaceAll = false): Promise<EditResult> {
    return await explained(filePath, async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        const { bytes, version } = await this.#get(filePath);
        const edited = replaced(new TextDecoder().decode(bytes), { oldString, newString, replaceAll, filePath });
        if ("error" in edited) return edited;
        const { conflict } = await this.#put(filePath, Buffer.from(edited.text), version);
        if (conflict === undefined) return { path: filePath, filesUpdate: null, occurrences: edited.occurrences };
      }
      return { error: `Error: '${filePath}' is changed by others all the time; read it and try again` };
    });
  }

  async grep(
    pattern: string,
    path: string | null = null,
    glob: string | null = null,
    maxCount: number | null = null,
  ): Promise<GrepResult> {
    const most = maxCount ?? MOST_MATCHES;
    const wanted = glob === null ? undefined : globPattern(glob.includes("/") ? glob : `**/${glob}`);
    const matches: { path: string; line: number; text: string }[] = [];
    for (const file of await this.#within(path ?? "/")) {
      if (!mediaType(file.path).isText || file.size > LARGEST) continue;
      if (wanted !== undefined && !wanted.test(file.path.slice(1))) continue;
      const text = new TextDecoder().decode((await this.#get(file.path)).bytes);
      for (const [index, line] of text.split("\n").entries()) {
        if (!line.includes(pattern)) continue;
        if (matches.length >= most) return { matches, truncated: true };
        matches.push({ path: file.path, line: index + 1, text: line.slice(0, LONGEST_LINE) });
      }
    }
    return { matches, truncated: false };
  }

  async glob(pattern: string, path = "/"): Promise<GlobResult> {
    const base = pattern.startsWith("/") ? "/" : folderOf(path);
    const wanted = globPattern(pattern.replace(/^\/+/, ""));
    const found = (await this.#below(base)).filter((file) => wanted.test(file.path.slice(base.length)));
    return { files: found.map(shown) };
  }

  /** A file, or all files of a folder. */
  async delete(filePath: string): Promise<DeleteResult> {
    return await explained(filePath, async () => {
      const found = await this.#within(filePath);
      if (found.length === 0) return { error: `File '${filePath}' not found` };
      for (const { key } of found) await this.#files.delete(key, { writer: this.#writer });
      return { path: filePath, filesUpdate: null };
    });
  }

  async uploadFiles(files: Array<[string, Uint8Array]>): Promise<FileUploadResponse[]> {
    return await Promise.all(
      files.map(async ([path, content]): Promise<FileUploadResponse> => {
        if (!isPlain(path)) return { path, error: "invalid_path" };
        try {
          await this.#put(path, content);
          return { path, error: null };
        } catch (error) {
          if (!(error instanceof BackboneError) || error.code !== "secret_found") throw error;
          return { path, error: "permission_denied" };
        }
      }),
    );
  }

  async downloadFiles(paths: string[]): Promise<FileDownloadResponse[]> {
    return await Promise.all(
      paths.map(async (path): Promise<FileDownloadResponse> => {
        if (!isPlain(path)) return { path, content: null, error: "invalid_path" };
        const content = await this.#files.get(this.#key(path));
        return { path, content: content ?? null, error: content === undefined ? "file_not_found" : null };
      }),
    );
  }

  /** What the agent writes is kept for long, and read by others: no key may be in it. */
  #put(path: string, content: Uint8Array, expected?: number): Promise<PutResult> {
    return this.#files.put(this.#key(path), content, { expected, writer: this.#writer, refuseKeys: true });
  }

  /** The bytes of a file and the version that they are. */
  async #get(path: string): Promise<{ bytes: Uint8Array; version: number; time: string }> {
    const key = this.#key(path);
    const found = await this.#files.stat(key);
    if (found === undefined) throw new BackboneError("not_found", `File '${path}' not found`);
    const { size, version, time } = found;
    if (size > LARGEST)
      throw new BackboneError("too_large", `'${path}' has more than 64 MiB; it cannot be read as one`);
    return { bytes: (await this.#files.get(key, { version })) ?? new Uint8Array(), version, time };
  }

  /** The file of that path, or what is below the folder. */
  async #within(path: string): Promise<Located[]> {
    const base = folderOf(path);
    return (await this.#below("/")).filter((file) => file.path.startsWith(base) || `${file.path}/` === base);
  }

  async #below(base: string): Promise<Located[]> {
    const files = await this.#files.list(`${this.#prefix}${base}`);
    return files.map((file) => ({ ...file, path: file.key.slice(this.#prefix.length) }));
  }

  #key(path: string): string {
    if (!isPlain(path)) throw new BackboneError("invalid", `'${path}' leads nowhere; write it as /folder/file.md`);
    return `${this.#prefix}${folderOf(path).slice(0, -1)}`;
  }
}

/** An absolute path, with one slash at its end. */
function folderOf(path: string): string {
  return `/${path}/`.replaceAll(/\/{2,}/g, "/");
}

function isPlain(path: string): boolean {
  const names = path.split("/").filter((name) => name !== "");
  return names.length > 0 && !path.includes("\0") && names.every((name) => name !== "." && name !== "..");
}

function shown({ path, size, time }: Located): FileInfo {
  return { path, is_dir: false, size, modified_at: time };
}

/** The answer, or an error that a model can do something about; any other is thrown. */
async function explained<T>(path: string, answer: () => Promise<T>): Promise<T | { error: string }> {
  try {
    return await answer();
  } catch (error) {
    const isTheirs =
      error instanceof BackboneError &&
      ["not_found", "invalid", "too_large", "corrupt", "secret_found"].includes(error.code);
    if (!isTheirs) throw error;
    return { error: error.code === "not_found" ? `File '${path}' not found` : `Error: ${error.message}` };
  }
}

/** deepagents' rules: an empty old string stands for the whole of an empty file, and one that occurs twice must be meant twice. */
function replaced(
  text: string,
  o: { oldString: string; newString: string; replaceAll: boolean; filePath: string },
): { text: string; occurrences: number } | { error: string } {
  const { oldString, newString, replaceAll, filePath } = o;
  if (oldString === "") {
    if (text === "") return { text: newString, occurrences: newString === "" ? 0 : 1 };
    return { error: `The string to replace in '${filePath}' must not be empty, because the file is not` };
  }
  const occurrences = text.split(oldString).length - 1;
  if (occurrences === 0) return { error: `String not found in file '${filePath}'` };
  if (occurrences > 1 && !replaceAll) {
    const hint = "give more of the text around it, or set replace_all";
    return { error: `The string occurs multiple times in '${filePath}': ${hint}` };
  }
  return { text: text.replaceAll(oldString, () => newString), occurrences };
}
