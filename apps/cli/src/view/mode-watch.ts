const ESC = "\u001b";
/** Modes that a program sets for itself and that spoil the prompt after it, with what resets each. */
const HARMLESS_TO_RESET = [
  `${ESC}[0m`, // colours
  `${ESC}[?25h`, // the cursor is shown
  `${ESC}[?1000l${ESC}[?1002l${ESC}[?1003l${ESC}[?1006l`, // the mouse
  `${ESC}[?1004l`, // focus
  `${ESC}[?2004l`, // pasting in brackets
  `${ESC}[?1l${ESC}>`, // cursor keys and keypad
].join("");
const ENTER_OTHER_SCREEN = `${ESC}[?1049h`;
const LEAVE_OTHER_SCREEN = `${ESC}[?1049l`;

/** Watches what a program does to a terminal, so that it can be undone when the program cannot do it any more. */
export class ModeWatch {
  #tail = "";
  #isOnOtherScreen = false;

  see(bytes: Buffer): void {
    const text = this.#tail + bytes.toString("latin1");
    const entered = text.lastIndexOf(ENTER_OTHER_SCREEN);
    const left = text.lastIndexOf(LEAVE_OTHER_SCREEN);
    if (entered !== left) this.#isOnOtherScreen = entered > left;
    this.#tail = text.slice(1 - ENTER_OTHER_SCREEN.length);
  }

  /** What brings the terminal back. Leaving a screen that was not entered would move the cursor, so that is watched. */
  undo(): string {
    return (this.#isOnOtherScreen ? LEAVE_OTHER_SCREEN : "") + HARMLESS_TO_RESET;
  }
}
