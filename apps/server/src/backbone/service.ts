import type { Backbone } from "@vibewriter/backbone";
import type { Keystore } from "@vibewriter/choir";
import type { BackboneService } from "../routes/backbone.js";
import type { Runs } from "../runs.js";
import { authorsIn, backUpHome } from "./back-up-home.js";
import { verifyAll } from "./verify-all.js";

/** What clients ask of the NATS of a home. */
export function backboneService(o: { backbone: Backbone; runs: Runs; authors: Keystore }): BackboneService {
  const { backbone, runs, authors } = o;
  return {
    status: () => backbone.status(),
    backUp: async (folder, o) => {
      const manifest = await backUpHome({ backbone, authors }, folder, o);
      return { ...manifest, authors: authorsIn(manifest) };
    },
    verify: async (o) =>
      verifyAll(
        backbone,
        (await runs.list()).map(({ agentId }) => agentId),
        o,
      ),
  };
}
