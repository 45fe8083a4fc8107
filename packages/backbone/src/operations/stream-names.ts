import type { Link } from "../link/link.js";

/** The streams of the account, buckets and object stores among them, by name. */
export async function streamNames(link: Link): Promise<string[]> {
  return await link.patiently("list its streams", async () => {
    const names: string[] = [];
    for await (const name of link.jsm.streams.names()) names.push(name);
    return names.sort();
  });
}
