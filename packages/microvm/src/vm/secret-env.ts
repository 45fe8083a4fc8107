import { isMicroVMError, MicroVMError } from "../errors.js";
import { printable } from "../wire/printable.js";
import type { Guest } from "./guest.js";

/**
 * Runs `step`, which brings `secrets` into the VM. That is written down first, so that the VM's memory reaches no disk any more; and
 * no error of `step` repeats a value of them.
 */
export async function withSecrets<T>(
  guest: Guest,
  secrets: Record<string, string> | undefined,
  step: () => Promise<T>,
): Promise<T> {
  if (secrets === undefined) return step();
  using _hold = await guest.holdSecret();
  try {
    return await step();
  } catch (error) {
    if (!isMicroVMError(error)) throw error;
    // Not as its cause: a message that repeats a secret ends here.
    throw new MicroVMError(error.code, redacted(error.message, Object.values(secrets)));
  }
}

function redacted(text: string, values: string[]): string {
  // A guest's text comes with its control characters escaped.
  const forms = values.flatMap((value) => [value, printable(value)]).filter((form) => form !== "");
  const longestFirst = forms.sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}
