import { createPlayground, LARGEST_BODY } from '@grantway/example-relying-party';
import { FastifyError, FastifyInstance } from 'fastify';

/** The demo environment's playground, where a person can try every grant. */
export const PLAYGROUND = {
  path: '/playground',
  environment: 'demo',
  clientId: 'playground',
  scope: 'openid profile email offline_access orders:read',
} as const;

/** Serves `examples/relying-party` as it would serve itself: a normal client that uses the public endpoints alone. */
export function mountPlayground(fastify: FastifyInstance, publicUrl: string): void {
  const playground = createPlayground({
    issuer: `${publicUrl}/${PLAYGROUND.environment}/as`,
    clientId: PLAYGROUND.clientId,
    scope: PLAYGROUND.scope,
    basePath: PLAYGROUND.path,
    origin: new URL(publicUrl).origin,
  });
  // A scope of its own: its body is bytes whatever they claim to be, and its trouble is not told by Nest.
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler(({ statusCode = 500 }: FastifyError, _request, reply) => {
      const error = statusCode < 500 ? 'invalid_request' : 'server_error';
      return reply.code(statusCode).send({ error, error_description: 'The playground cannot take this.' });
    });
    for (const path of [PLAYGROUND.path, `${PLAYGROUND.path}/*`]) {
      scope.all(path, { bodyLimit: LARGEST_BODY }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await playground.handle(request.method, request.url, request.headers, body);
        return answer ? reply.code(answer.status).headers(answer.headers).send(answer.body) : reply.callNotFound();
      });
    }
  });
}
