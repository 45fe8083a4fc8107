/** Reads a stream of chunks in pieces of the sizes that are asked for. */
export class ByteReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #onShort: () => Error;
  #pending: Uint8Array[] = [];
  #length = 0;

  /** `onShort` makes the error for a stream that ends too early. */
  constructor(source: AsyncIterable<Uint8Array>, onShort: () => Error) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#onShort = onShort;
  }

  async take(size: number): Promise<Buffer> {
    while (this.#length < size) {
      if (!(await this.#fill())) throw this.#onShort();
    }
    const all = Buffer.concat(this.#pending);
    this.#pending = [all.subarray(size)];
    this.#length = all.length - size;
    return all.subarray(0, size);
  }

  async isAtEnd(): Promise<boolean> {
    return this.#length === 0 && !(await this.#fill());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  /** False at the end. */
  async #fill(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      if (value.length === 0) continue;
      this.#pending.push(value);
      this.#length += value.length;
      return true;
    }
  }
}
