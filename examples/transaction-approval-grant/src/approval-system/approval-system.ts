import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { MemoryApprovals } from '../memory-approvals.js';

/** Milliseconds. */
const APPROVAL_LIFE = 5 * 60_000;

/**
 * The bank's approval system, played: `POST /approvals` gives a code for a transaction, `POST /lookups` says what a code is about.
 * A real one has people, second factors and a database, and counts wrong guesses.
 * @param token what whoever asks must send
 */
export function approvalSystem(token: string): Server {
  const approvals = new MemoryApprovals();
  return createServer(async (request, response) => {
    const [status, answer] = await reply(request).catch((error: unknown) => [400, { error: String(error) }] as const);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });

  async function reply(request: IncomingMessage): Promise<readonly [number, unknown]> {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) return [401, {}];
    const asked = JSON.parse(await text(request));
    switch (`${request.method} ${request.url}`) {
      case 'POST /approvals': {
        const { environment, client, employee, transaction, state } = asked;
        const code = randomBytes(10).toString('hex');
        const times = { approvedAt: new Date(), expiresAt: new Date(Date.now() + APPROVAL_LIFE) };
        approvals.add(code, { id: randomUUID(), environment, client, employee, transaction, ...times }, state);
        return [201, { code }];
      }
      case 'POST /lookups':
        return [200, await approvals.find(asked.transaction, asked.code)];
      default:
        return [404, {}];
    }
  }
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
