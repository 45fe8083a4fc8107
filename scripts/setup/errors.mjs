/** What a person can do something about: one sentence, and the exit code (3: a requirement is missing, 1: it failed). */
export class SetupError extends Error {
  name = "SetupError";

  constructor(exitCode, message, options) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
