import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * Where this machine gets Debian's packages from, so that a mirror or cache near it is used for the image too; undefined if its apt
 * names none.
 */
export async function debianMirrors(etc = "/etc/apt") {
  const found = [];
  for (const path of await sourceFiles(etc)) {
    for (const line of (await readFile(path, "utf8")).split("\n")) found.push(...addresses(line.trim()));
  }
  const pick = (pattern) => found.map((uri) => uri.replace(/\/+$/, "")).find((uri) => pattern.test(uri));
  const main = pick(/\/debian$/);
  return main && { main, security: pick(/\/debian-security$/) ?? `${main}-security` };
}

async function sourceFiles(etc) {
  const folder = join(etc, "sources.list.d");
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name));
  const main = join(etc, "sources.list");
  const hasMain = (await readdir(etc).catch(() => [])).includes("sources.list");
  return hasMain ? [main, ...paths] : paths;
}

/** Of both styles: `deb [options] URI suite component...` and `URIs: URI...`. */
function addresses(line) {
  const rest = line.match(/^(?:URIs:|deb\s+(?:\[[^\]]*\]\s+)?)(.*)$/)?.[1];
  return (rest ?? "").split(/\s+/).filter((word) => /^https?:\/\//.test(word));
}

/** How this machine reaches its mirror: proxies and the like, as options for another apt. */
export async function aptOptions() {
  const dump = await run("apt-config", ["dump", "--format", "%F %v%n", "Acquire"]).catch(() => "");
  const wanted = /^Acquire::(?:https?::)?(?:Proxy|.*::Proxy|Retries|https?::Timeout)\s+\S/i;
  return dump
    .split("\n")
    .filter((line) => wanted.test(line))
    .map((line) => line.replace(/^(\S+)\s+(.*)$/, '$1 "$2";'));
}
