import { InTurn } from "@vibewriter/backbone";
import { sourcesFolder } from "@vibewriter/evidence";
import type { Workspace } from "../workspace.js";
import type { RunSources } from "./run-sources.js";

/** The texts of the run's sources in its folder of the VM, `sources/S1.txt` and so on, for grep and for skills. Only a copy: no check reads it. */
export class SourceMirror {
  readonly #workspace: Workspace;
  readonly #sources: RunSources;
  #index = "";
  readonly #turn = new InTurn();

  constructor(workspace: Workspace, sources: RunSources) {
    this.#workspace = workspace;
    this.#sources = sources;
  }

  /** Writes what has been read since the last time. */
  update(): Promise<void> {
    return this.#turn.do(() => this.#write());
  }

  async #write(): Promise<void> {
    const files = sourcesFolder(await this.#sources.texts());
    const index = files.at(-1)?.text ?? "";
    if (index === this.#index) return;
    const path = (name: string) => `${this.#workspace.folder}/sources/${name}`;
    const there = new TextDecoder().decode((await this.#workspace.read(path("index.json"))) ?? new Uint8Array());
    const known = new Set(there.match(/"S\d+"/g));
    // The index is written last: a text that it names is there.
    for (const { name, text } of there === index ? [] : files) {
      if (!known.has(`"${name.slice(0, -".txt".length)}"`)) await this.#workspace.write(path(name), text);
    }
    this.#index = index;
  }
}
