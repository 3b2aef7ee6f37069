import formbody from '@fastify/formbody';
import { isOAuthError, type ResponseInterface } from '@jmondi/oauth2-server';
import { handleFastifyError, handleFastifyReply, requestFromFastify } from '@jmondi/oauth2-server/fastify';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { JWK } from 'jose';
import { Pool } from 'pg';
import { everyNumber, person } from '../../installation.js';
import { authorizationServer } from './authorization-server.js';
import { JoseJwt } from './jwt.js';
import { memoryStore } from './memory.js';
import { postgresStore } from './postgres.js';

const { DATABASE_URL, JWKS, PORT, STORE } = process.env;
if (!PORT || !JWKS) throw new Error('PORT and JWKS have to be set');

const issuer = `http://127.0.0.1:${PORT}`;
const people = new Set(everyNumber.map((n) => person(n).id));
const users = {
  getUserByCredentials: async (id: string | number) => (people.has(String(id)) ? { id } : undefined),
};
const jwt = await JoseJwt.of(issuer, JSON.parse(JWKS) as { keys: JWK[] });
const store = STORE === 'postgres' ? await postgresStore(poolAt(DATABASE_URL)) : memoryStore();
const server = authorizationServer(issuer, store, users, jwt);

const app = Fastify();
await app.register(formbody);
app.post('/token', (request, reply) => answer(request, reply, (it) => server.respondToAccessTokenRequest(it)));
app.post('/introspect', (request, reply) => answer(request, reply, (it) => server.introspect(it)));
app.post('/revoke', (request, reply) => answer(request, reply, (it) => server.revoke(it)));
app.get('/authorize', (request, reply) =>
  answer(request, reply, async (it) => {
    const authorization = await server.validateAuthorizationRequest(it);
    const user = await users.getUserByCredentials(sessionOf(request));
    if (user) authorization.user = user;
    authorization.isAuthorizationApproved = user !== undefined;
    return server.completeAuthorizationRequest(authorization);
  }),
);
// Stands for the application's own sign-on: the library has none.
app.get<{ Params: { id: string } }>('/session/:id', (request, reply) =>
  reply.header('set-cookie', `session=${encodeURIComponent(request.params.id)}; Path=/; HttpOnly; SameSite=Lax`).send(),
);
app.get('/jwks', () => jwt.publicJwks);
app.get('/ready', () => 'ready');
await app.listen({ host: '127.0.0.1', port: Number(PORT) });

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  respond: (request: ReturnType<typeof requestFromFastify>) => Promise<ResponseInterface>,
): Promise<FastifyReply> {
  try {
    handleFastifyReply(reply, await respond(requestFromFastify(request)));
  } catch (error) {
    if (!isOAuthError(error)) console.error(error);
    handleFastifyError(error, reply);
  }
  return reply;
}

function poolAt(connectionString: string | undefined): Pool {
  if (!connectionString) throw new Error('DATABASE_URL has to be set');
  const pool = new Pool({ connectionString });
  pool.on('error', (error) => console.error(error.message));
  return pool;
}

/** The person whose browser it is. */
function sessionOf({ headers }: FastifyRequest): string {
  return decodeURIComponent(/(?:^|; )session=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? '');
}
