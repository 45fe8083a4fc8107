import { z } from "zod";
import { isAllowedTarget } from "./notify/config.js";

const NO_PASSWORD =
  "it must have no user and no password in it, nor any @, which are not sent from there; give a key by its own variable";

/** The address of a service on whatever network it is. */
export const serviceAddress = z.url({ protocol: /^https?$/ }).refine(isBare, NO_PASSWORD);

/** The address of a service that is sent what others must not read. */
export const guardedAddress = z
  .url()
  .refine(isAllowedTarget, "It must begin with https://, or with http:// and a loopback address")
  .refine(isBare, NO_PASSWORD);

/** An `@` of a path can be written as `%40`. */
function isBare(text: string): boolean {
  return !text.includes("@");
}
