import type { Backbone } from "@vibewriter/backbone";
import type { BackboneService } from "../routes/backbone.js";
import type { Runs } from "../runs.js";
import { backUpHome } from "./back-up-home.js";
import { HomeKeys, type HomeKeysOptions } from "./home-keys.js";
import { verifyAll } from "./verify-all.js";

export interface BackboneServiceOptions extends HomeKeysOptions {
  readonly backbone: Backbone;
  readonly runs: Pick<Runs, "list">;
}

/** What clients ask of the NATS of a home. */
export function backboneService(o: BackboneServiceOptions): BackboneService {
  const { backbone, runs } = o;
  return {
    status: () => backbone.status(),
    backUp: async (folder, options) => {
      const { passphrase } = options;
      // A person's word, which whoever reads a log or a trace must not have either.
      using _kept = passphrase === undefined ? undefined : backbone.secrets.register("backup-passphrase", passphrase);
      return await backUpHome({ backbone, keys: new HomeKeys(o) }, folder, options);
    },
    verify: async (options) =>
      verifyAll(
        backbone,
        (await runs.list()).map(({ agentId }) => agentId),
        options,
      ),
  };
}
