/** The sentence for a document that is no use as a source. `reason` is a sentence. */
export function noSource(name: string, reason: string): string {
  return `${name} cannot be a source: ${clause(reason)}; leave it out, or give its text in another form.`;
}

/** A sentence as a part of another one. */
export function clause(sentence: string): string {
  const text = sentence.trim().replace(/\.$/, "");
  return /^[A-Z][a-z]* /.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
