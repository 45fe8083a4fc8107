import { ChoirError } from "../../errors.js";
import type { Embedder } from "../embedder.js";
import { lexicalEmbedder } from "../lexical.js";
import { type ImportModule, openLocal } from "./local.js";
import { isProviderName, PROVIDERS } from "./providers.js";
import { askDimensions, RemoteEmbedder } from "./remote.js";

/** The embedder that needs nothing. */
export const DEFAULT_EMBEDDER = "lexical";

export interface EmbedderOptions {
  /** Key of the service; by default what its own variable has in `env`. */
  key?: string;
  /** Address of the service, or of one that answers like it; by default the service's own. */
  baseUrl?: string;
  /** Where `OPENAI_API_KEY`, `COHERE_API_KEY`, `GOOGLE_API_KEY` and `VOYAGE_API_KEY` are looked up. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Numbers of a vector, where they are known from before; else models that are not known here are asked. */
  dimensions?: number;
  /** Imports transformers.js. */
  importModule?: ImportModule;
}

/**
 * The embedder of a name: `lexical`, `openai:MODEL`, `cohere:MODEL`, `google:MODEL`, `voyage:MODEL`, `local:PATH`.
 * @throws ChoirError `unknown_embedder`, `missing_key`, `missing_requirement`; for a model whose dimensions must be asked for
 *   `embedder_refused` and `embedder_unavailable`
 */
export async function openEmbedder(name: string, o: EmbedderOptions = {}): Promise<Embedder> {
  if (name === DEFAULT_EMBEDDER) return lexicalEmbedder;
  const colon = name.indexOf(":");
  const [kind, model] = [name.slice(0, Math.max(0, colon)), name.slice(colon + 1)];
  if (kind === "local") return await openLocal(model, o.importModule);
  if (!isProviderName(kind) || !/^[\w.\-/]{1,200}$/.test(model)) throw unknownEmbedder(name);
  const provider = PROVIDERS[kind];
  const key = o.key ?? o.env?.[provider.keyName];
  if (!key) {
    const message = `The embedder ${name} needs a key of ${provider.service}: set VIBEWRITER_EMBEDDER_KEY or ${provider.keyName} for the server.`;
    throw new ChoirError("missing_key", message);
  }
  const known: Readonly<Record<string, number>> = provider.dimensions;
  const asked = { provider, name, model, key, baseUrl: o.baseUrl ?? provider.baseUrl };
  const dimensions = o.dimensions ?? (Object.hasOwn(known, model) ? known[model] : undefined);
  return new RemoteEmbedder({ ...asked, dimensions: dimensions ?? (await askDimensions(asked)) });
}

function unknownEmbedder(name: string): ChoirError {
  const kinds = [...Object.keys(PROVIDERS).map((kind) => `${kind}:MODEL`), "local:PATH"].join(", ");
  return new ChoirError("unknown_embedder", `There is no embedder "${name}": name lexical, ${kinds}.`);
}
