import { type Manifest, writeManifest } from "./manifest.js";

/** The manifest of one VM in its folder. A change is on disk before it is true, and before what it announces is done. */
export class ManifestFile {
  readonly directory: string;
  #content: Manifest;

  constructor(directory: string, content: Manifest) {
    this.directory = directory;
    this.#content = content;
  }

  get content(): Readonly<Manifest> {
    return this.#content;
  }

  async change(change: Partial<Manifest>): Promise<void> {
    const next = { ...this.#content, ...change };
    await writeManifest(this.directory, next);
    this.#content = next;
  }
}
