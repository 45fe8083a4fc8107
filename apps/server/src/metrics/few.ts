/** Names as values of a label: the first so many are kept, all further ones are `other`, so that no input can grow the number of series. */
export class Few {
  readonly #most: number;
  readonly #names = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The name, from now on a known one, or `other`. */
  name(name: string): string {
    if (this.#names.size < this.#most) this.#names.add(name);
    return this.known(name);
  }

  /** The name if it is known already, else `other`. */
  known(name: string): string {
    return this.#names.has(name) ? name : "other";
  }
}
