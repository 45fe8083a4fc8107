import { type BackendProtocolV2, SandboxError } from "deepagents";
import { AgentError } from "./errors.js";

/** The files of the agent's VM as the host sees them: exact bytes, by absolute path. */
export class Workspace {
  /** The run's own folder in the VM. */
  readonly folder: string;
  readonly #files: Required<Pick<BackendProtocolV2, "uploadFiles" | "downloadFiles">>;

  constructor(folder: string, backend: BackendProtocolV2) {
    this.folder = folder;
    const { uploadFiles, downloadFiles } = backend;
    if (uploadFiles === undefined || downloadFiles === undefined) {
      throw new AgentError(
        "invalid_request",
        "This backend cannot transfer files; use one with uploadFiles and downloadFiles.",
      );
    }
    this.#files = { uploadFiles: uploadFiles.bind(backend), downloadFiles: downloadFiles.bind(backend) };
  }

  /** The bytes of a file, or undefined if there is no such file. Throws SandboxError for any other failure. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const [file] = await this.#files.downloadFiles([path]);
    if (file?.content instanceof Uint8Array && !file.error) return file.content;
    if (file?.error === "file_not_found" || file?.error === "is_directory" || file?.error === "invalid_path")
      return undefined;
    throw new SandboxError(
      `${path} could not be read from the VM: ${file?.error ?? "no answer"}.`,
      "FILE_OPERATION_FAILED",
    );
  }

  /** Writes a file with its folders, replacing what was there. Throws SandboxError. */
  async write(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const [file] = await this.#files.uploadFiles([[path, bytes]]);
    if (file === undefined || file.error) {
      throw new SandboxError(
        `${path} could not be written in the VM: ${file?.error ?? "no answer"}.`,
        "FILE_OPERATION_FAILED",
      );
    }
  }
}
