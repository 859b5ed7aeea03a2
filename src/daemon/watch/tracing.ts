import type { Tracer } from '@opentelemetry/api';
import type { CallReport } from '../dispatch.js';
import { NAME, VERSION } from '../version.js';

/** Where the traces of calls go. */
export interface Tracing {
  /** Makes a span of a call that has ended. */
  call(report: CallReport): void;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

/* Any of them asks for traces. */
const ADDRESSES = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

/** Whether the standard environment variables of OpenTelemetry ask for traces over OTLP. */
export function asksForTraces(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false;
  if (env.OTEL_TRACES_EXPORTER !== undefined && env.OTEL_TRACES_EXPORTER !== 'otlp') return false;
  return ADDRESSES.some((name) => env[name]);
}

/**
 * Exports a span for every call by OTLP over HTTP. The libraries are loaded here and nowhere else; endpoint, headers, service name, resource
 * attributes and sampler come from the standard variables, which they read themselves.
 */
export async function startTracing(): Promise<Tracing> {
  const [{ SpanKind, SpanStatusCode }, { OTLPTraceExporter }, sdk, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .resourceFromAttributes({ 'service.name': NAME, 'service.version': VERSION })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer: Tracer = provider.getTracer(NAME, VERSION);
  return {
    call({ method, caller, requestId, durationMs, revision, errorCode }) {
      const name = method?.name ?? 'unknown';
      const endMs = Date.now();
      const span = tracer.startSpan(name, {
        kind: SpanKind.SERVER,
        startTime: endMs - durationMs,
        attributes: {
          'rpc.system': 'jsonrpc',
          'rpc.method': name,
          'rpc.jsonrpc.version': '2.0',
          'client.address': caller.client,
          'goxel.request_id': requestId,
          ...(revision === null ? {} : { 'goxel.revision': revision }),
          ...(errorCode === null ? {} : { 'error.type': errorCode }),
        },
      });
      if (errorCode !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode });
      span.end(endMs);
    },
    close: () => provider.shutdown(),
  };
}
