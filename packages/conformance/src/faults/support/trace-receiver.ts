import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually.js';

/** OTLP/HTTP with JSON (opentelemetry-proto, trace.proto), as far as the specs look at it. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
}

/** One span, with the service it came from. */
export interface Span extends Omit<WireSpan, 'attributes' | 'kind'> {
  readonly service: string;
  readonly kind: 'internal' | 'server' | 'client' | 'other';
  readonly attributes: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<number, Span['kind']>> = { 1: 'internal', 2: 'server', 3: 'client' };

/** Whom spans are sent to. */
export class TraceReceiver {
  /** Every export, as it arrived. */
  readonly bodies: string[] = [];
  readonly spans: Span[] = [];
  /** Takes connections and answers nobody. */
  hangs = false;
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.hangs) return;
    const body = Buffer.concat(chunks).toString();
    this.bodies.push(body);
    this.spans.push(...read(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

  static async open(): Promise<TraceReceiver> {
    const receiver = new TraceReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** What a process is told, so that it traces everything, and soon. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    };
  }

  /** A trace by its id, once it is as hoped. */
  trace(id: string, hoped: (spans: readonly Span[]) => boolean): Promise<Span[]> {
    return eventually(async () => this.spans.filter(({ traceId }) => traceId === id), hoped);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function read({ resourceSpans }: Export): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        service,
        kind: KINDS[span.kind] ?? 'other',
        attributes: valuesOf(span.attributes),
      })),
    );
  });
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
}

/** Each process sends its own, whenever it does. */
export function hasAll(spans: readonly Span[], names: readonly string[]): boolean {
  return names.every((name) => spans.some((span) => span.name === name));
}

/** The way from the root down to a span, by service, kind and name; undefined where it does not hang together. */
export function wayTo(spans: readonly Span[], name: string): string[] | undefined {
  const way: string[] = [];
  let span = spans.find((each) => each.name === name);
  while (span) {
    way.unshift(`${span.service} ${span.kind} ${span.name}`);
    const { parentSpanId } = span;
    if (!parentSpanId) return way;
    span = spans.find(({ spanId }) => spanId === parentSpanId);
  }
  return way.length > 0 ? ['(from outside)', ...way] : undefined;
}
