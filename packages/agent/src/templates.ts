import type { TemplateSpec } from "@vibewriter/microvm";

/** Where the skills and the reader program are: the layer that the set-up builds over the image. */
export interface TemplateOptions {
  /** Path of the erofs layer with `/skills` and `/opt/vibewriter`. */
  readonly layer: string;
}

/** The VM in which an agent works: shell, Python and Node warm, its disk kept between runs. */
export function workTemplate(o: TemplateOptions): TemplateSpec {
  return {
    name: "work",
    memoryMiB: 512,
    layers: [o.layer],
    warm: [
      ["sh", "-c", "true"],
      ["python3", "-c", "pass"],
      ["node", "-e", "0"],
    ],
  };
}

/** What one document may take in the reader VM, in milliseconds. 300 pages and 10 MiB of HTML take less than half of it where VMs are emulated. */
export const DOCUMENT_MS = 150_000;

/** The VM in which hostile documents are parsed: no shell for anybody, no credentials, nothing kept. */
export function readerTemplate(o: TemplateOptions): TemplateSpec {
  return {
    name: "reader",
    memoryMiB: 512,
    layers: [o.layer],
    services: [
      {
        name: "reader",
        argv: ["node", "/opt/vibewriter/reader.mjs"],
        env: { READER_SOCKET: "/run/services/reader.sock", READER_DEADLINE_MS: String(DOCUMENT_MS) },
        // It loads and tries all that reads documents, once for all its clones: half a minute on a machine that does nothing else.
        readyMs: 400_000,
      },
    ],
  };
}
