/**
 * What a secret may look like in a message: as it is, in JSON and in JSON within JSON, percent-encoded, and inside of
 * base64 and base64url, at each of the three places where it may begin there.
 */
export function formsOf(value: string): Uint8Array[] {
  const once = inJson(value);
  const texts = [value, once, inJson(once), encodeURIComponent(value), strictlyEncoded(value), ...base64Forms(value)];
  return [...new Set(texts)].map((text) => Buffer.from(text));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As forms and some clients write it: `!'()*` too. */
function strictlyEncoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The digits that are the secret's alone, without those that it shares with its neighbours. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    return [shifted.toString("base64").slice(from, to), shifted.toString("base64url").slice(from, to)];
  });
}
