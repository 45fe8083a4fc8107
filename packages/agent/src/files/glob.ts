const SPECIAL = /[.+^$()|\\/]/;

/** A pattern of `*`, `?`, `[...]`, `**` and `{a,b}` for whole relative paths; a leading dot is nothing special. */
export function globPattern(glob: string): RegExp {
  let out = "";
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at] ?? "";
    const end = glob.indexOf("]", at + 2);
    if (glob.startsWith("**/", at)) {
      out += "(?:[^/]+/)*";
      at += 2;
    } else if (glob.startsWith("**", at)) {
      out += ".*";
      at += 1;
    } else if (char === "*") out += "[^/]*";
    else if (char === "?") out += "[^/]";
    else if (char === "[" && end !== -1) {
      const inside = glob
        .slice(at + 1, end)
        .replaceAll("\\", "\\\\")
        .replaceAll("[", "\\[");
      out += `(?!/)[${inside.replace(/^!/, "^")}]`;
      at = end;
    } else if (char === "{") {
      out += "(?:";
      depth++;
    } else if (char === "}" && depth > 0) {
      out += ")";
      depth--;
    } else if (char === "," && depth > 0) out += "|";
    else out += SPECIAL.test(char) || /[[\]{}*?]/.test(char) ? `\\${char}` : char;
  }
  // Braces that are not closed are plain ones.
  return depth > 0 ? globPattern(glob.replaceAll("{", "[{]")) : new RegExp(`^${out}$`, "su");
}
