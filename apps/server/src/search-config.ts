import { PROVIDERS } from "@vibewriter/agent/runs";
import { z } from "zod";
import { serviceAddress } from "./addresses.js";

/** `none` for no search at all, which an empty list says in a file. */
const names = z.preprocess(
  (value) =>
    typeof value === "string"
      ? value.split(",").flatMap((name) => (name.trim() === "none" ? [] : [name.trim()]))
      : value,
  z.array(z.enum(PROVIDERS)),
);

/** How runs of this home search and read the web. */
export const SearchConfig = {
  /** The searches of runs that name none; absent: those whose key or address is set, else those without a key for runs without sources. */
  search: names.optional(),
  /** An instance of SearXNG, for runs that bring none along; it may be on this machine. */
  searxngUrl: serviceAddress.optional(),
  /** An address or a page of whoever is responsible for what runs read: servers and search services are told. */
  contact: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{3,200}$/, "it must be a mail address or a URL")
    .optional(),
};
