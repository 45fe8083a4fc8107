import { domainToASCII } from "node:url";
import { Refusal } from "./refusal.js";

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const longestName = 253;
/** A last label that makes the URL standard read the whole as an IPv4 address: 127.1, 0x7f000001, 2130706433. */
const numeric = /^(?:\d+|0x[0-9a-f]*)$/;
/** Never on the public internet; a cloud's metadata service answers to a name of this kind. */
const privateNames = /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|lan|home|arpa|test|onion|alt)$/;

/**
 * The one spelling of a host name that rules, resolver and TLS are asked about: lower case, ASCII, no final dot.
 * Throws Refusal `direct_address` for addresses in any spelling, `bad_host` for what is no name, `private_address` for names of private use.
 */
export function hostName(text: string): string {
  if (text.includes(":") || text.startsWith("[")) throw direct(text);
  const name = text.toLowerCase().replace(/\.$/, "");
  const labels = name.split(".");
  if (numeric.test(labels.at(-1) ?? "")) throw direct(text);
  if (name.length > longestName || !labels.every((part) => label.test(part))) {
    throw new Refusal("bad_host", "The host of the address is no valid name; correct the address.");
  }
  if (labels.length < 2 || privateNames.test(name)) {
    throw new Refusal(
      "private_address",
      `${name} is no name of the public internet; only public servers can be reached.`,
    );
  }
  return name;
}

/** The host of a policy's rule: as `hostName`, from any alphabet, or `*.` and a name of at least two labels. Throws Refusal. */
export function ruleHost(text: string): string {
  const isWildcard = text.startsWith("*.");
  const rest = isWildcard ? text.slice(2) : text;
  // An address of digits in another alphabet would come out of this as one of ours, and is then refused as one.
  const name = hostName(/^[\x21-\x7e]*$/.test(rest) ? rest : domainToASCII(rest));
  return isWildcard ? `*.${name}` : name;
}

/** A port in its only spelling, 1 to 65535, or undefined. */
export function portNumber(text: string): number | undefined {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function direct(text: string): Refusal {
  const shown = text.slice(0, 64).replaceAll(/[^\x21-\x7e]/g, "?");
  return new Refusal("direct_address", `${shown} is an address; name the server instead, as the egress policy does.`);
}
