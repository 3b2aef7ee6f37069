import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

let tracer: Tracer | undefined;

/** Whether this process traces. Where it does not, this question is all that tracing costs. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** @param by nobody: what is asked from now on is not traced */
export function traceBy(by: Tracer | undefined): void {
  tracer = by;
}

/**
 * Somebody outside this process is answered.
 *
 * @param traceparent W3C Trace Context §3.2; the trace goes on from there, and begins here when it is none
 */
export function serverSpan(name: string, attributes: Attributes, traceparent?: unknown): Span {
  return start(name, SpanKind.SERVER, attributes, remote(traceparent));
}

/** Somebody outside this process is asked, because of what is going on now. */
export function clientSpan(name: string, attributes: Attributes): Span {
  return start(name, SpanKind.CLIENT, attributes, context.active());
}

/** What is begun inside, and waited for, belongs to this span. */
export function within<T>(span: Span, act: () => T): T {
  return context.with(trace.setSpan(context.active(), span), act);
}

/** @param trouble one of few words; an error's message may say what a client sent */
export function endSpan(span: Span, trouble?: string): void {
  if (trouble !== undefined) span.setAttribute('error.type', trouble).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Says more of what is going on now. */
export function annotate(attributes: Attributes): void {
  if (tracer) trace.getActiveSpan()?.setAttributes(attributes);
}

/** W3C Trace Context §3.2. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`;
}

/** As log lines name what is going on now. */
export function currentTrace(): { readonly trace_id: string; readonly span_id: string } | undefined {
  const span = tracer && trace.getActiveSpan();
  if (!span) return undefined;
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

function start(name: string, kind: SpanKind, attributes: Attributes, parent = context.active()): Span {
  return (tracer as Tracer).startSpan(name, { kind, attributes }, parent);
}

function remote(traceparent: unknown) {
  const [, traceId, spanId, flags] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
