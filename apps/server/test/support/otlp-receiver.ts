import { once } from "node:events";
import { createServer } from "node:http";
import { z } from "zod";

const Value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
});
const Span = z.object({
  traceId: z.string().length(32),
  spanId: z.string().length(16),
  parentSpanId: z.string().optional(),
  name: z.string(),
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: z.int(),
  attributes: z.array(z.object({ key: z.string(), value: Value })),
  status: z.object({ code: z.int().optional() }),
});
export type Span = z.infer<typeof Span>;
const Request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: Value })) }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
});

/** Takes traces as a collector does: OTLP over HTTP in JSON, on loopback. */
export async function otlpReceiver() {
  const spans: Span[] = [];
  const resources: z.infer<typeof Request>["resourceSpans"][number]["resource"][] = [];
  let bodies = "";
  let headers: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    bodies += body;
    headers = request.headers;
    for (const { resource, scopeSpans } of Request.parse(JSON.parse(body)).resourceSpans) {
      resources.push(resource);
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    }
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    resources,
    /** All that was received, as text. */
    text: () => bodies,
    headers: () => headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
