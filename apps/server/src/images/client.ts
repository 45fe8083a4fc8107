import { z } from "zod";
import type { Caller } from "../call.js";
import { type Image, ImageBuilt, ImageProgress, ImagesAnswer } from "./api.js";

export interface BuildOptions {
  readonly onProgress?: (progress: ImageProgress) => void;
  /** Ends the build; nothing of it is kept. */
  readonly signal?: AbortSignal;
}

/** The images of a home, for its clients. Failures are ServerErrors with the codes of the images. */
export class ImagesClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(): Promise<Image[]> {
    return (await this.#caller.call("GET", "/v1/images", ImagesAnswer)).images;
  }

  /** Builds the image that a file describes; `file` is an absolute path. */
  build(file: string, { onProgress, signal }: BuildOptions = {}): Promise<ImageBuilt> {
    const tell = (value: unknown) => onProgress?.(ImageProgress.parse(value));
    return this.#caller.work("POST", "/v1/images", ImageBuilt, { body: { file }, signal, onProgress: tell });
  }

  async remove(name: string): Promise<void> {
    await this.#caller.call("DELETE", `/v1/images/${encodeURIComponent(name)}`, z.object({}));
  }
}
