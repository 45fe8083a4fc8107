import type { BackboneOptions } from "@vibewriter/backbone";
import type { Config } from "./config.js";
import { ServerError } from "./errors.js";

/**
 * How the settings say that NATS is reached; without any a server of our own is.
 * @throws ServerError `bad_config` for settings that exclude each other
 */
export function connectionOf(config: Config): Pick<BackboneOptions, "url" | "credentials" | "tls"> {
  const { natsUrl, natsCreds, natsNkey, natsCa, natsCert, natsKey } = config;
  if (natsCreds !== undefined && natsNkey !== undefined) {
    throw new ServerError(
      "bad_config",
      "VIBEWRITER_NATS_CREDS and VIBEWRITER_NATS_NKEY are both set; keep one of them.",
    );
  }
  const hasTls = natsCa !== undefined || natsCert !== undefined || natsKey !== undefined;
  return {
    url: natsUrl,
    ...(natsCreds === undefined ? {} : { credentials: { credsFile: natsCreds } }),
    ...(natsNkey === undefined ? {} : { credentials: { nkeyFile: natsNkey } }),
    ...(hasTls ? { tls: { ca: natsCa, cert: natsCert, key: natsKey } } : {}),
  };
}
