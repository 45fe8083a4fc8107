import type { Log } from "../log.js";
import { VERSION } from "../version.js";

const ENDPOINTS = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] as const;
/** May hold a key of the service that takes the traces. */
const HEADERS = ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"] as const;
/** With these LangChain would send what runs work with by itself, secrets and all. A run that came with a key is traced without them. */
const SWITCHES = ["LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"] as const;
/** How long the end of the process waits for the last spans. */
const FLUSH_MS = 3_000;

/**
 * Sends traces by OTLP over HTTP when OpenTelemetry's own variables name an endpoint; without one nothing is loaded, and spans cost nothing. The
 * variables that hold headers are taken out of `env`, so that no child of this process gets them, and so are LangChain's own switches.
 */
export async function openTracing(env: NodeJS.ProcessEnv, log: Pick<Log, "write">): Promise<AsyncDisposable> {
  const isWanted = ENDPOINTS.some((name) => env[name]) && env.OTEL_SDK_DISABLED !== "true";
  const tracing = isWanted ? await start(env.OTEL_SERVICE_NAME || "vibewriter") : NONE;
  for (const name of [...HEADERS, ...SWITCHES]) delete env[name];
  if (isWanted) log.write("info", "tracing", { endpoint: originOf(ENDPOINTS.map((name) => env[name]).find(Boolean)) });
  return tracing;
}

const NONE: AsyncDisposable = { [Symbol.asyncDispose]: async () => undefined };

async function start(service: string): Promise<AsyncDisposable> {
  const [api, hooks, core, exporter, resources, sdk] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/context-async-hooks"),
    import("@opentelemetry/core"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/sdk-trace-base"),
  ]);
  const attributes = { "service.name": service, "service.version": VERSION, "process.pid": process.pid };
  const provider = new sdk.BasicTracerProvider({
    resource: resources.resourceFromAttributes(attributes),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  });
  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  return {
    async [Symbol.asyncDispose]() {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FLUSH_MS);
      });
      // Whoever takes the traces may be gone; that is no reason not to end.
      await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
      clearTimeout(timer);
      for (const part of [api.trace, api.context, api.propagation]) part.disable();
    },
  };
}

/** An address without credentials and path. */
function originOf(endpoint: string | undefined): string | undefined {
  return endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).origin : undefined;
}
