import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export { run } from "../../packages/microvm/image/run.mjs";

/** Where a program is, or `undefined`. Also looks where Debian keeps programs of root, Go and Rust theirs. */
export function which(program, env = process.env) {
  const home = env.HOME ?? homedir();
  const extra = ["/usr/sbin", "/sbin", "/usr/local/go/bin", join(home, ".cargo/bin"), join(home, "go/bin")];
  for (const folder of [...(env.PATH ?? "").split(delimiter).filter(Boolean), ...extra]) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The first version number that `path args` prints, as numbers and as text; `undefined` if it does not run. */
export function versionOf(path, args = ["--version"], env = process.env) {
  return new Promise((resolve) => {
    execFile(path, args, { timeout: 10_000, env }, (error, stdout) => {
      const text = error ? undefined : /(\d+)\.(\d+)(\.\d+)?\S*/.exec(stdout)?.[0];
      resolve(
        text && { text: text.replace(/[),]+$/, ""), numbers: text.split(".").map((part) => Number.parseInt(part, 10)) },
      );
    });
  });
}

/** True if `numbers` is `wanted` or later, by major and minor. */
export function atLeast(numbers, wanted) {
  return numbers[0] > wanted[0] || (numbers[0] === wanted[0] && numbers[1] >= wanted[1]);
}
