import { isPublicAddress } from "../../src/gateway/address.js";

const refused: [string, string][] = [
  ["loopback", "127.0.0.1"],
  ["loopback, elsewhere", "127.255.255.254"],
  ["private", "10.0.0.1"],
  ["private", "172.16.0.1"],
  ["private, last of its range", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["link-local", "169.254.0.1"],
  ["metadata of most clouds", "169.254.169.254"],
  ["metadata of AWS tasks", "169.254.170.2"],
  ["metadata of Alibaba", "100.100.100.200"],
  ["metadata of Oracle", "192.0.0.192"],
  ["Azure's host", "168.63.129.16"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["carrier-grade NAT, last", "100.127.255.255"],
  ["unspecified", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["benchmarking", "198.18.0.1"],
  ["benchmarking, last", "198.19.255.255"],
  ["documentation", "192.0.2.1"],
  ["documentation", "198.51.100.1"],
  ["documentation", "203.0.113.1"],
  ["6to4 relay", "192.88.99.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["IPv6 loopback", "::1"],
  ["IPv6 unspecified", "::"],
  ["mapped", "::ffff:127.0.0.1"],
  ["mapped, in hex", "::ffff:7f00:1"],
  ["mapped public", "::ffff:93.184.215.14"],
  ["compatible", "::127.0.0.1"],
  ["translated (SIIT)", "::ffff:0:127.0.0.1"],
  ["NAT64", "64:ff9b::7f00:1"],
  ["NAT64, local", "64:ff9b:1::1"],
  ["unique local", "fc00::1"],
  ["metadata of AWS", "fd00:ec2::254"],
  ["metadata of Google", "fd20:ce::254"],
  ["link-local", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["global with a zone", "2606:2800:21f:cb07::1%1"],
  ["site-local", "fec0::1"],
  ["multicast", "ff02::1"],
  ["Teredo", "2001:0:7f00:1::1"],
  ["ORCHID", "2001:20::1"],
  ["IPv6 benchmarking", "2001:2::1"],
  ["IPv6 documentation", "2001:db8::1"],
  ["IPv6 documentation, new", "3fff::1"],
  ["6to4", "2002:7f00:1::1"],
  ["6bone", "3ffe::1"],
  ["discard", "100::1"],
  ["segment routing", "5f00::1"],
  ["not an address", "example.com"],
  ["empty", ""],
  ["octal spelling", "0177.0.0.1"],
  ["decimal spelling", "2130706433"],
  ["short spelling", "127.1"],
];

const allowed = [
  "1.1.1.1",
  "93.184.215.14",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "2606:2800:21f:cb07::1",
  "2a00:1450:4001:80b::200e",
];

describe("addresses of the public internet", () => {
  it.each(refused)("not %s: %s", (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(allowed)("%s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});
