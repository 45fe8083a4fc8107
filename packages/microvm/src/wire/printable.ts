const longest = 2_000;

/**
 * Text of a guest, fit for an error, a log or a terminal: control characters, such as those that begin a terminal's
 * commands, and those that turn the direction of text stand as escapes; cut at 2,000 characters.
 */
export function printable(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
