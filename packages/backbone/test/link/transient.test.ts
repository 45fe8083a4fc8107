import { JetStreamApiError } from "@nats-io/jetstream";
import { isDiskFull } from "../../src/disk-full.js";
import { asBackboneError, isThere, isTransient } from "../../src/link/transient.js";

/** What servers answer when they did not store a message: one code for all reasons, and its status is that of a passing trouble. */
const notStored = (description: string) => new JetStreamApiError({ code: 503, err_code: 10_077, description });

it("a message that is there already is told from one that could not be stored", () => {
  const there = notStored("maximum messages per subject exceeded");
  expect([isThere(there), isTransient(there)]).toEqual([true, false]);
  expect(asBackboneError(there, "store it")).toMatchObject({ code: "exists" });
  expect(isThere(asBackboneError(there, "store it"))).toBe(true);
});

it.each(["maximum bytes exceeded", "write /nats/blk/1: no space left on device"])("%s may pass", (description) => {
  const full = notStored(description);
  expect([isThere(full), isTransient(full), isDiskFull(full)]).toEqual([false, true, true]);
});
