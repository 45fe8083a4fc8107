/** NATS' own rule: `*` stands for one token, a last `>` for one or more. */
export function matches(pattern: string, subject: string): boolean {
  const [wanted, found] = [pattern.split("."), subject.split(".")];
  for (const [i, token] of wanted.entries()) {
    if (token === ">") return found.length > i;
    if (found[i] === undefined || (token !== "*" && token !== found[i])) return false;
  }
  return wanted.length === found.length;
}
