import { createMiddleware } from "langchain";

/** Brings the agent's kept folders and the store together before each model call, which is after each step. */
export function keptFolders(folders: { sync(): Promise<void> }) {
  return createMiddleware({
    name: "KeptFolders",
    async wrapModelCall(request, handler) {
      await folders.sync();
      return await handler(request);
    },
  });
}
