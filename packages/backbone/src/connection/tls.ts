import { X509Certificate } from "node:crypto";
import { checkServerIdentity, type ConnectionOptions as NodeTls } from "node:tls";
import type { TlsOptions } from "@nats-io/transport-node";
import { BackboneError, reason } from "../errors.js";
import { readNamedFile, readPrivateFile } from "./private-file.js";

/** TLS by files in PEM. */
export interface TlsFiles {
  /** The authorities that may have signed the server's certificate; absent: those that Node trusts. */
  ca?: string;
  /** Our own certificate and its key (0600), for servers that ask for one. */
  cert?: string;
  key?: string;
}

/**
 * Options of a TLS connection to a server whose certificate must name one of `names`.
 * @throws BackboneError `bad_config` for a file that is missing or no certificate, or a certificate without its key
 */
export async function tlsOptions(files: TlsFiles, names: readonly string[]): Promise<TlsOptions> {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new BackboneError(
      "bad_config",
      "A client certificate needs its key, and a key its certificate; set VIBEWRITER_NATS_CERT and VIBEWRITER_NATS_KEY.",
    );
  }
  const [ca, cert, key] = await Promise.all([
    files.ca === undefined ? undefined : certificates(files.ca, "the authority of the NATS servers"),
    files.cert === undefined ? undefined : certificates(files.cert, "the client certificate for NATS"),
    files.key === undefined ? undefined : readPrivateFile(files.key, "the key of the client certificate for NATS"),
  ]);
  const identity: Pick<NodeTls, "checkServerIdentity"> = {
    // By itself Node compares with "localhost" when the server was dialled by its address.
    checkServerIdentity: (_name, certificate) => {
      const problems = names.map((name) => checkServerIdentity(name, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  };
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...identity };
}

async function certificates(path: string, what: string): Promise<string> {
  const text = await readNamedFile(path, what);
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new BackboneError(
      "bad_config",
      `${path} holds no certificate in PEM (${reason(cause)}); name another file.`,
      {
        cause,
      },
    );
  }
}
