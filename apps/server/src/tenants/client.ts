import { z } from "zod";
import type { Caller } from "../call.js";
import { type Tenant, type TenantAdd, TenantAnswer, TenantMade, TenantsAnswer, type UserAdd } from "./api.js";

/** Making an account reads nats-server's configuration anew, and its streams. */
const CHANGE_MS = 120_000;

/** The tenants of a home, for its clients. Failures are ServerErrors: `tenants_off` while the home has none. */
export class TenantsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async list(): Promise<Tenant[]> {
    return (await this.#caller.call("GET", "/v1/tenants", TenantsAnswer)).tenants;
  }

  async get(name: string): Promise<Tenant> {
    return (await this.#caller.call("GET", path(name), TenantAnswer)).tenant;
  }

  async add(body: TenantAdd): Promise<TenantMade> {
    return await this.#caller.call("POST", "/v1/tenants", TenantMade, { body, timeoutMs: CHANGE_MS });
  }

  async addUser(name: string, body: UserAdd): Promise<TenantMade> {
    return await this.#caller.call("POST", `${path(name)}/users`, TenantMade, { body, timeoutMs: CHANGE_MS });
  }

  async revoke(name: string): Promise<Tenant> {
    return (await this.#caller.call("POST", `${path(name)}/revoke`, TenantAnswer, { timeoutMs: CHANGE_MS })).tenant;
  }

  async revokeUser(name: string, user: string): Promise<Tenant> {
    const of = `${path(name)}/users/${encodeURIComponent(user)}`;
    return (await this.#caller.call("DELETE", of, TenantAnswer, { timeoutMs: CHANGE_MS })).tenant;
  }

  async purge(name: string): Promise<void> {
    await this.#caller.call("DELETE", path(name), z.object({}), { timeoutMs: CHANGE_MS });
  }
}

function path(name: string): string {
  return `/v1/tenants/${encodeURIComponent(name)}`;
}
