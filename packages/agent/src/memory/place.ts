/** What an agent always has before it, in its VM and in the store. */
export const MEMORY = "/memories/AGENTS.md";
