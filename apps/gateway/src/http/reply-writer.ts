import { HttpReply, JsonReply } from '@grantway/contracts';
import { formPostPolicy, pagePolicy, renderFormPost, renderPage } from '@grantway/pages';
import { FastifyReply } from 'fastify';
import { CookieJar } from './cookies.js';

/** On every page a person sees (AZ-10). */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'x-frame-options': 'DENY',
} as const;

/** Turns what a service answered into HTTP. */
export class ReplyWriter {
  readonly #common: Readonly<Record<string, string>>;
  /** The bodies of answers that are given again and again. */
  readonly #keptTexts = new WeakMap<HttpReply, string>();

  constructor(
    private readonly jar: CookieJar,
    publicUrl: string,
  ) {
    this.#common = {
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
    };
  }

  /** @param isKept the same object may come again (discovery, JWKS): its body is written once */
  write(http: FastifyReply, reply: HttpReply, environmentId: string, requestId: string, isKept = false): FastifyReply {
    http.headers(this.#common).header('x-request-id', requestId);
    if (reply.headers) http.headers({ ...reply.headers });
    for (const { name, value, maxAge } of reply.cookies ?? []) {
      const wireName = this.jar.name(name, environmentId);
      if (value === null) http.clearCookie(wireName, this.jar.attributes);
      else http.setCookie(wireName, value, { ...this.jar.attributes, ...(maxAge !== undefined && { maxAge }) });
    }
    return this.#body(http, reply, isKept);
  }

  #body(http: FastifyReply, reply: HttpReply, isKept: boolean): FastifyReply {
    switch (reply.kind) {
      case 'json':
        return http
          .code(reply.status)
          .type('application/json; charset=utf-8')
          .send(isKept ? this.#keptText(reply) : JSON.stringify(reply.body));
      case 'redirect':
        return http.code(303).header('location', reply.location).send('');
      case 'empty':
        return http.code(reply.status).send('');
      case 'page':
        return http
          .code(reply.status)
          .headers({ ...PAGE_HEADERS, 'content-security-policy': pagePolicy(reply.page) })
          .send(renderPage(reply.page));
      case 'form_post': {
        // The client's callback may send the browser on; Chromium applies `form-action` to that as well.
        const onward = reply.action.startsWith('https:') ? ['https:'] : [];
        return http
          .code(200)
          .headers({ ...PAGE_HEADERS, 'content-security-policy': formPostPolicy(reply.action, onward) })
          .send(renderFormPost(reply));
      }
    }
  }

  #keptText(reply: JsonReply): string {
    const known = this.#keptTexts.get(reply);
    if (known !== undefined) return known;
    const text = JSON.stringify(reply.body);
    this.#keptTexts.set(reply, text);
    return text;
  }
}
