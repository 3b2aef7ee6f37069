import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Statement } from './statement.js';

/**
 * The span of one statement (OpenTelemetry semantic conventions for database clients), if it belongs to a trace that somebody
 * keeps. It says the statement's name; its values are nobody's business, and its text is in `golden/statements.sql`.
 */
export function statementSpan({ name }: Statement): Span | undefined {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return trace.getTracer('grantway').startSpan(name, {
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': name },
  });
}

/** @returns what `work` comes to; the span says how that went, and no more of an error than its code */
export async function inStatementSpan<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { code?: unknown };
    span.setAttribute('error.type', typeof code === 'string' ? code : 'error');
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
