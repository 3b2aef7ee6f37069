import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import { isIP } from 'node:net';
import { ENDPOINTS, Endpoint, FETCH_SITES, HttpCall } from '@grantway/contracts';
import { findAsset } from '@grantway/pages';
import { annotate, healthReply, isTracing, Logger, Readiness } from '@grantway/platform';
import { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CookieJar } from './cookies.js';
import { CrossOrigin, corsHeaders, PREFLIGHT_HEADERS } from './cross-origin.js';
import { Dispatcher } from './dispatcher.js';
import { ReplyWriter } from './reply-writer.js';
import { type RequestContent, readBody, WrongMediaType } from './request-body.js';
import { inRequestSpan, RequestWatch } from './request-watch.js';
import { MalformedParams, readParams } from './strict-params.js';
import { TROUBLE, Trouble, troubleReply } from './trouble.js';

const LONGEST_URL = 8_192;
/** A flow's, a request's or a client's. */
const ID = /^(?!\.+$)[A-Za-z0-9._~-]{1,128}$/;
const ENVIRONMENT = /^[a-z0-9-]{1,64}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export interface DoorOptions {
  readonly publicUrl: string;
  /** Milliseconds a service has to answer. */
  readonly requestTimeoutMs: number;
}

/** The only HTTP door: every route of the endpoint table, the pages' assets, and health. */
export class HttpDoor {
  readonly #writer: ReplyWriter;

  constructor(
    private readonly options: DoorOptions,
    private readonly jar: CookieJar,
    private readonly dispatcher: Dispatcher,
    private readonly origins: CrossOrigin,
    private readonly readiness: Readiness,
    private readonly logger: Logger,
    private readonly watch: RequestWatch,
  ) {
    this.#writer = new ReplyWriter(jar, options.publicUrl);
  }

  open(fastify: FastifyInstance): void {
    // Every body arrives as bytes: what they are is decided by the endpoint, strictly.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    // Methods that Fastify does not know would fall past our routes to its own 404, without `Allow`.
    const unknown = METHODS.filter((method) => !fastify.supportedMethods.includes(method) && method !== 'CONNECT');
    for (const method of unknown) fastify.addHttpMethod(method);
    fastify.setErrorHandler((error: FastifyError, request, reply) => this.#failed(error, request, reply));
    for (const path of new Set(ENDPOINTS.map((endpoint) => endpoint.path))) {
      const endpoints = ENDPOINTS.filter((endpoint) => endpoint.path === path);
      const largest = endpoints.find(({ largestBody }) => largestBody !== undefined)?.largestBody;
      const limit = largest === undefined ? {} : { bodyLimit: largest };
      const options = { config: { endpoints }, ...limit, onResponse: this.watch.answered(path) };
      fastify.all(path, options, (request, reply) => {
        const serve = () => this.#serve(endpoints, request, reply);
        return isTracing() ? inRequestSpan(path, request, reply, serve) : serve();
      });
    }
    const assets = { onResponse: this.watch.answered('/_assets/*') };
    fastify.get('/_assets/*', assets, (request, reply) => this.#asset(request, reply));
    for (const path of ['/healthz', '/readyz']) {
      fastify.get(path, { onResponse: this.watch.answered(path) }, async (_request, reply) => {
        const health = await healthReply(path, this.readiness);
        return reply.code(health?.status ?? 404).send(health?.body);
      });
    }
    fastify.all('/*', { onResponse: this.watch.answered('none') }, (request, reply) =>
      this.#trouble(TROUBLE.notFound, 'person', request, reply),
    );
  }

  async #serve(endpoints: readonly Endpoint[], request: FastifyRequest, http: FastifyReply): Promise<FastifyReply> {
    const startedAt = Date.now();
    const { environment = '', id } = request.params as { environment?: string; id?: string };
    const [any] = endpoints as [Endpoint];
    if (!ENVIRONMENT.test(environment) || (id !== undefined && !ID.test(id))) {
      return this.#trouble(TROUBLE.notFound, any.audience, request, http);
    }
    // What answers with pages takes plain requests alone, and those ask nobody beforehand.
    if (request.method === 'OPTIONS' && any.cors !== 'none' && any.audience === 'client') {
      return this.#preflight(any, environment, request, http);
    }
    const method = request.method === 'HEAD' && any.cached ? 'GET' : request.method;
    const endpoint = endpoints.find(({ methods }) => (methods as readonly string[]).includes(method));
    if (!endpoint) return this.#methodNotAllowed(endpoints, request, http);

    const requestId = randomUUID();
    annotate({ 'grantway.request_id': requestId, 'grantway.environment': environment });
    const read = this.#read(endpoint, request);
    if ('status' in read) return this.#trouble(read, endpoint.audience, request, http, requestId);
    const call = this.#call(request, method as 'GET' | 'POST', environment, requestId, startedAt, read);
    // Asked meanwhile, so that an answer is never held up, or lost to a script, by this question.
    const asked = this.#originHeaders(endpoint, call, http);
    const reply = await this.dispatcher.ask(endpoint, call);
    const originHeaders = await asked;
    // AZ-10: a page is nobody's to read, whoever is listed.
    if (endpoint.audience === 'client' || reply.kind === 'json') http.headers(originHeaders);
    // A service that forgets it must not leave an answer about one person in somebody's cache.
    if (!endpoint.cached) http.header('cache-control', 'no-store');
    this.logger.info(
      {
        request_id: requestId,
        environment,
        method,
        path: endpoint.path,
        status: 'status' in reply ? reply.status : reply.kind,
        ms: Date.now() - startedAt,
      },
      'served',
    );
    return this.#writer.write(http, reply, environment, requestId, endpoint.cached);
  }

  /** Query and body, or what is wrong with them. */
  #read(endpoint: Endpoint, request: FastifyRequest): RequestContent | Trouble {
    if (request.url.length > LONGEST_URL) return TROUBLE.uriTooLong;
    const question = request.url.indexOf('?');
    try {
      const query = readParams(question < 0 ? '' : request.url.slice(question + 1));
      const body = request.body as Buffer | undefined;
      if (request.method !== 'POST') return { query, form: {} };
      return { query, form: {}, ...readBody(endpoint.body, request.headers['content-type'] ?? '', body) };
    } catch (error) {
      if (error instanceof WrongMediaType) return { ...TROUBLE.mediaType, description: error.message };
      if (error instanceof MalformedParams) return { ...TROUBLE.malformed, description: error.message };
      throw error;
    }
  }

  #call(
    request: FastifyRequest,
    method: 'GET' | 'POST',
    environmentId: string,
    requestId: string,
    receivedAt: number,
    content: RequestContent,
  ): HttpCall {
    const { authorization, origin, traceparent } = request.headers;
    const { id } = request.params as { id?: string };
    const fetchSite = FETCH_SITES.find((site) => site === request.headers['sec-fetch-site']);
    return {
      environmentId,
      requestId,
      deadline: receivedAt + this.options.requestTimeoutMs,
      receivedAt,
      method,
      // What a misconfigured proxy put there need not be an address.
      ip: isIP(request.ip) ? request.ip : (request.socket.remoteAddress ?? '0.0.0.0'),
      ...content,
      cookies: this.jar.read(request.cookies, environmentId),
      ...(id && { id }),
      ...(authorization !== undefined && { authorization }),
      ...(origin !== undefined && { origin }),
      ...(fetchSite && { fetchSite }),
      ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
    };
  }

  /** What lets the asking origin's scripts read the answer; empty when it is not listed. */
  async #originHeaders({ cors }: Endpoint, call: HttpCall, http: FastifyReply): Promise<Record<string, string>> {
    if (cors === 'none') return {};
    const { environmentId, requestId, deadline, origin } = call;
    // Also on the answer to nobody in particular: a cache may keep that one, and give it to an origin that is allowed.
    http.header('vary', 'Origin');
    if (origin === undefined || origin === this.options.publicUrl) return {};
    const allowed = await this.origins.allows({ environmentId, requestId, deadline, origin }).catch(() => false);
    return allowed ? corsHeaders(origin, cors) : {};
  }

  async #preflight(
    { cors }: Endpoint,
    environmentId: string,
    request: FastifyRequest,
    http: FastifyReply,
  ): Promise<FastifyReply> {
    const requestId = randomUUID();
    const { origin = '' } = request.headers;
    const deadline = Date.now() + this.options.requestTimeoutMs;
    const allowed = await this.origins.allows({ environmentId, requestId, deadline, origin }).catch(() => false);
    const headers = allowed ? { ...corsHeaders(origin, cors), ...PREFLIGHT_HEADERS } : { vary: 'Origin' };
    return this.#writer.write(http, { kind: 'empty', status: 204, headers }, environmentId, requestId);
  }

  #methodNotAllowed(endpoints: readonly Endpoint[], request: FastifyRequest, http: FastifyReply): FastifyReply {
    const [any] = endpoints as [Endpoint];
    const allow = [...new Set(endpoints.flatMap(({ methods }) => methods))].join(', ');
    return this.#trouble({ ...TROUBLE.method, headers: { allow } }, any.audience, request, http);
  }

  #asset(request: FastifyRequest, http: FastifyReply): FastifyReply {
    const asset = findAsset(request.url);
    if (!asset) return this.#trouble(TROUBLE.notFound, 'person', request, http);
    return http
      .headers({ 'cache-control': asset.cacheControl, 'x-content-type-options': 'nosniff' })
      .type(asset.contentType)
      .send(asset.body);
  }

  /** What Fastify itself refused, or a fault of ours. */
  #failed(error: FastifyError, request: FastifyRequest, http: FastifyReply): FastifyReply {
    const [endpoint] = (request.routeOptions.config as { endpoints?: readonly Endpoint[] }).endpoints ?? [];
    const audience = endpoint?.audience ?? 'person';
    if (error.statusCode === 413) return this.#trouble(TROUBLE.tooLarge, audience, request, http);
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return this.#trouble(TROUBLE.malformed, audience, request, http);
    }
    const requestId = randomUUID();
    this.logger.error({ request_id: requestId, err: error }, 'the door failed');
    return this.#trouble(TROUBLE.fault, audience, request, http, requestId);
  }

  #trouble(
    trouble: Trouble,
    audience: Endpoint['audience'],
    request: FastifyRequest,
    http: FastifyReply,
    requestId: string = randomUUID(),
  ): FastifyReply {
    this.logger.info({ request_id: requestId, method: request.method, status: trouble.status }, trouble.description);
    return this.#writer.write(http, troubleReply(trouble, audience, requestId), '', requestId);
  }
}
