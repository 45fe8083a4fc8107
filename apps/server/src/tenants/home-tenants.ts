import { join } from "node:path";
import { setUpState } from "@vibewriter/agent/host";
import { type Backbone, eraseAccount, prepareAccount, type Tenant, type Tenants } from "@vibewriter/backbone";
import { ServerError } from "../errors.js";
import type { TenantAdd, TenantMade, UserAdd } from "./api.js";

/** The tenants of the home's own nats-server. Each method throws ServerError `tenants_off` if it has none. */
export class HomeTenants {
  readonly #backbone: Pick<Backbone, "tenants" | "server">;
  readonly #home: string;

  constructor(o: { backbone: Pick<Backbone, "tenants" | "server">; home: string }) {
    this.#backbone = o.backbone;
    this.#home = o.home;
  }

  async list(): Promise<Tenant[]> {
    return await this.#tenants.list();
  }

  async get(name: string): Promise<Tenant> {
    return await this.#tenants.get(name);
  }

  /** Makes the account, its users' files and its streams. */
  async add({ name, folder, limits }: TenantAdd): Promise<TenantMade> {
    const added = await this.#tenants.add(name, { folder, limits });
    const operator = added.made.find(({ user }) => user.role === "operator");
    if (operator) {
      const credentials = { nkeyFile: operator.path };
      await prepareAccount({ url: this.#url, credentials }, setUpState);
    }
    return { ...added, url: this.#url };
  }

  async addUser(name: string, o: UserAdd): Promise<TenantMade> {
    const { tenant, made } = await this.#tenants.addUser(name, o);
    return { tenant, made: [made], url: this.#url };
  }

  async revoke(name: string): Promise<Tenant> {
    return await this.#tenants.revoke(name);
  }

  async revokeUser(name: string, user: string): Promise<Tenant> {
    return await this.#tenants.revokeUser(name, user);
  }

  /** Revokes it and deletes all that it has stored. */
  async purge(name: string): Promise<void> {
    const { agents } = await this.#tenants.revoke(name);
    await this.#tenants.purge(name, {
      folder: join(this.#home, "nats"),
      erase: async (nkeyFile) => void (await eraseAccount({ url: this.#url, credentials: { nkeyFile } }, agents)),
    });
  }

  get #tenants(): Tenants {
    const { tenants, server } = this.#backbone;
    if (tenants) return tenants;
    throw server
      ? new ServerError("tenants_off", "This home has no tenants; vibewriter tenant add makes the first one.")
      : new ServerError(
          "bad_config",
          "NATS_URL names a server of yours: name the file that it includes, vibewriter tenant ... --config FILE.",
        );
  }

  get #url(): string {
    return this.#backbone.server?.url ?? "";
  }
}
