import { createPlayground } from '@grantway/example-relying-party';
import { FastifyInstance } from 'fastify';

/** The demo environment's relying party, where a person can try the sign-in. */
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
  });
  for (const path of [PLAYGROUND.path, `${PLAYGROUND.path}/*`]) {
    fastify.all(path, (request, reply) => {
      const answer = playground.answer(request.url, request.method);
      return answer ? reply.code(answer.status).headers(answer.headers).send(answer.body) : reply.callNotFound();
    });
  }
}
