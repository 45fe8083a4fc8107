import { join } from "node:path";
import type { AuditTrail, Backbone } from "@vibewriter/backbone";
import { HomeKey } from "../home-key.js";
import { workerOf } from "../runs/identity.js";

/**
 * Opens the audit of a home: with the key that signs the ends of its chains, `keys/audit.pem`, and with what is kept outside of them, in `audit/`.
 * @throws AgentError `output_failed` for a key that others can read, or that is none; BackboneError
 */
export async function openTrail(o: {
  home: string;
  backbone: Backbone;
  /** Told when entries were lost: how many. */
  onLoss?: (lost: number) => void;
  /** Told of an end that could not be kept. */
  onFailure?: (error: unknown) => void;
}): Promise<AuditTrail> {
  const { home, backbone, onLoss, onFailure } = o;
  const signer = await HomeKey.open(join(home, "keys", "audit.pem"), "audit");
  signer.keepOutOf(backbone.secrets);
  const { host } = await workerOf(home);
  return await backbone.audit({ folder: join(home, "audit"), host, signer, onLoss, onFailure });
}
