const RETURN = 13;
const NEWLINE = 10;
const TILDE = 126;
const DOT = 46;

/** Finds Enter, `~`, `.` in what is typed, as ssh does; `~~` after Enter is one `~`. */
export class LeaveKeys {
  #state: "line" | "begin" | "tilde" = "begin";

  /** What goes to the program, and whether the person wants to leave. */
  read(typed: Uint8Array): { bytes: Uint8Array; leaves: boolean } {
    const bytes: number[] = [];
    for (const key of typed) {
      if (this.#state === "tilde") {
        if (key === DOT) return { bytes: Uint8Array.from(bytes), leaves: true };
        bytes.push(TILDE);
        this.#state = "line";
        if (key === TILDE) continue;
      } else if (this.#state === "begin" && key === TILDE) {
        this.#state = "tilde";
        continue;
      }
      bytes.push(key);
      this.#state = key === RETURN || key === NEWLINE ? "begin" : "line";
    }
    return { bytes: Uint8Array.from(bytes), leaves: false };
  }
}
