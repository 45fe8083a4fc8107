import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { EvidenceError } from "../errors.js";

/** Turns a host name into all its addresses. */
export type Resolver = (host: string) => Promise<LookupAddress[]>;

/** Whether an address is one of the public internet: not private, loopback, link-local, metadata, mapped or reserved. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!ipaddr.isValid(bare)) return false;
  // An IPv4 address inside an IPv6 one reaches the same machine.
  return ipaddr.process(bare).range() === "unicast";
}

/**
 * A lookup for sockets: the address that was checked is the one that is connected to, so that no second answer of the
 * name server can slip in between. One private address among several refuses them all.
 */
export function publicLookup(resolve: Resolver = systemResolver): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const refused = addresses.find(({ address }) => !isPublicAddress(address));
        const [first] = addresses;
        if (refused) callback(refusal(host), "", 0);
        else if (!first) callback(Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" }), "", 0);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

/** Refuses what needs no name server to be refused. @throws EvidenceError `address_refused` */
export function refuseLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusal(url.hostname);
  if (/(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)\.?$/i.test(host)) throw refusal(url.hostname);
}

function refusal(host: string): EvidenceError {
  return new EvidenceError(
    "address_refused",
    `${host} is not on the public internet: only public pages can be read by URL.`,
  );
}

const systemResolver: Resolver = (host) =>
  new Promise((resolve, reject) => {
    dnsLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
