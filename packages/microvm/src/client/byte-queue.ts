/** Pieces below this are copied together, so that what is kept costs about what it holds, however small the frames were. */
const small = 16_384;
const blockBytes = 65_536;

/** Bytes from a call to whoever takes them, in order; for one reader. */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  /** Hears how many bytes were taken. */
  onTaken: ((size: number) => void) | undefined;
  #pieces: Uint8Array[] = [];
  /** Free bytes behind the last piece, which only this queue writes to. */
  #room = new Uint8Array(0);
  #size = 0;
  #received = 0;
  #end: { error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Bytes that have come, taken or not. */
  get received(): number {
    return this.#received;
  }

  /** Bytes that wait to be taken. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes; what comes after the end is dropped. */
  push(bytes: Uint8Array): void {
    if (this.#end !== undefined || bytes.length === 0) return;
    this.#size += bytes.length;
    this.#received += bytes.length;
    if (bytes.length >= small) {
      this.#pieces.push(bytes);
      this.#room = new Uint8Array(0);
    } else {
      this.#append(bytes);
    }
    this.#awaken();
  }

  /** Says that nothing more comes, because all has come or because of an error, which the reader then gets after the rest. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#awaken();
  }

  /** All that is there, at once. */
  takeAll(): Uint8Array {
    return this.#take(this.#size);
  }

  /** The next bytes, some of those that have come; undefined at the end. Throws the error that it ended with. */
  async next(): Promise<Uint8Array | undefined> {
    return (await this.#holds(1)) ? this.#take(this.#pieces[0]?.length ?? 0) : undefined;
  }

  /** The next `size` bytes, or fewer at the end. Throws the error that it ended with before as many had come. */
  async exactly(size: number): Promise<Uint8Array> {
    return this.#take((await this.#holds(size)) ? size : this.#size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let bytes = await this.next(); bytes !== undefined; bytes = await this.next()) yield bytes;
  }

  /** Waits for so many bytes; false if they will not come. */
  async #holds(size: number): Promise<boolean> {
    while (this.#size < size) {
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return true;
  }

  #take(size: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      const piece = this.#pieces.shift() ?? new Uint8Array(0);
      taken.push(piece.subarray(0, missing));
      if (piece.length > missing) this.#pieces.unshift(piece.subarray(missing));
      missing -= Math.min(missing, piece.length);
    }
    if (this.#pieces.length === 0) this.#room = new Uint8Array(0);
    this.#size -= size;
    if (size > 0) this.onTaken?.(size);
    const [only] = taken;
    return taken.length === 1 && only !== undefined ? only : Buffer.concat(taken, size);
  }

  #append(bytes: Uint8Array): void {
    const last = this.#pieces.at(-1);
    if (last !== undefined && bytes.length <= this.#room.length) {
      this.#room.set(bytes);
      this.#room = this.#room.subarray(bytes.length);
      this.#pieces[this.#pieces.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
      return;
    }
    // The first piece is most often taken before there is a second one: only a second one begins a block.
    const block = new Uint8Array(last === undefined ? bytes.length : blockBytes);
    block.set(bytes);
    this.#pieces.push(block.subarray(0, bytes.length));
    this.#room = block.subarray(bytes.length);
  }

  #awaken(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
