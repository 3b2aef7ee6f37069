import { setTimeout as sleep } from 'node:timers/promises';
import cookie from '@fastify/cookie';
import { ConfigError } from '@grantway/platform';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from './gateway.config.js';
import { Goodbye } from './http/goodbye.js';
import { HttpDoor } from './http/http-door.js';

/** Bytes; nothing we take is larger. */
const BODY_LIMIT = 65_536;
/** Milliseconds, HT-03. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 15_000;
const KEEP_ALIVE_TIMEOUT = 72_000;
/** How often Node looks for connections beyond those limits; its own 30 s would make them three times as long. */
const CHECK_EVERY = 1_000;

export function createAdapter(config: GatewayConfig): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    http: { connectionsCheckingInterval: CHECK_EVERY },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    forceCloseConnections: 'idle',
    // Until the last connection is gone the door answers for itself, with the headers it always sends.
    return503OnClosing: false,
    frameworkErrors: answerUnreadable,
    // HT-05: a hop counts only while it is one of ours.
    trustProxy:
      config.trustedProxyHops === 0 ? false : (_address: string, hop: number) => hop < config.trustedProxyHops,
  });
  adapter.getInstance().server.headersTimeout = HEADERS_TIMEOUT;
  return adapter;
}

/** An address that cannot be read at all; nothing of it is repeated. */
function answerUnreadable(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  reply.code(400).headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  reply.send({ error: 'invalid_request', error_description: 'the address is malformed' });
}

/**
 * Opens the door of a Nest application made with {@link createAdapter} and `bodyParser: false`.
 * @returns closes it again, and the application with it; before that it goes on serving for `drain` milliseconds, while those who
 *   keep connections are told to make new ones
 * @throws ConfigError when the port is taken
 */
export async function openDoor(
  app: NestFastifyApplication,
  config: GatewayConfig,
): Promise<(drain?: number) => Promise<void>> {
  const fastify = app.getHttpAdapter().getInstance();
  const goodbye = new Goodbye(fastify.server);
  await fastify.register(cookie as never);
  const door = app.get(HttpDoor);
  // A scope of its own, so that its body and error rules do not meet Nest's.
  await fastify.register(async (scope) => door.open(scope as never));
  try {
    await app.listen(config.port, '0.0.0.0');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new ConfigError(`port ${config.port} is in use; set PORT to another one`);
    if (code === 'EACCES')
      throw new ConfigError(`port ${config.port} may not be opened by this user; set PORT to another one`);
    throw error;
  }
  return async (drain = 0) => {
    goodbye.announce();
    await sleep(drain);
    goodbye.say(config.requestTimeoutMs);
    await app.close();
  };
}
