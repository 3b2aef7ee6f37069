import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { grantHarness, proveGrant } from '@grantway/grant-sdk/testing';
import { __Name__Grant } from './__slug__.grant.js';
import { type Ticket, Tickets } from './tickets.js';

const MINUTE = 60_000;
const tickets = new Tickets('a'.repeat(43));
const forger = new Tickets('b'.repeat(43));

/** Good for the harness's own environment, client and user, and for both scopes of its resource. */
function aTicket(changes: Partial<Ticket> = {}): Ticket {
  return {
    id: randomUUID(),
    environment: 'acme',
    client: 'shop',
    user: 'user-alice',
    scope: 'orders:read orders:place',
    expires: Date.now() + 5 * MINUTE,
    ...changes,
  };
}

/** A token endpoint around the grant, in memory. */
const endpoint = () => grantHarness(__Name__Grant, { provide: [[Tickets, tickets]] });

describe('__slug__ grant', () => {
  it('turns a ticket into a token for its user', async () => {
    const { token } = await endpoint();
    const { scope, issuance } = await token({ ticket: tickets.sign(aTicket()) });
    assert.equal(scope.toString(), 'orders:read orders:place');
    assert.deepEqual(issuance.authorization.subject, { kind: 'user', id: 'user-alice' });
  });

  it('gives no more than was asked for', async () => {
    const { token } = await endpoint();
    const { scope } = await token({ ticket: tickets.sign(aTicket()), scope: 'orders:read' });
    assert.equal(scope.toString(), 'orders:read');
  });

  // What a client is told, and the reason that stays in the log.
  const refusals: [why: string, ticket: string | undefined, code: string, reason: string][] = [
    ['no ticket', undefined, 'invalid_request', 'ticket is missing'],
    ['an endless ticket', 'x'.repeat(2_049), 'invalid_request', 'ticket is too long'],
    ['something else', 'hello', 'invalid_grant', 'ticket.forged'],
    ['somebody else’s signature', forger.sign(aTicket()), 'invalid_grant', 'ticket.forged'],
    ['an end that is no time', tickets.sign(aTicket({ expires: 'soon' as never })), 'invalid_grant', 'ticket.forged'],
    ['no end', tickets.sign(aTicket({ expires: undefined as never })), 'invalid_grant', 'ticket.forged'],
    [
      'another environment',
      tickets.sign(aTicket({ environment: 'other' })),
      'invalid_grant',
      'ticket.other_environment',
    ],
    ['another client', tickets.sign(aTicket({ client: 'other' })), 'invalid_grant', 'ticket.other_client'],
    ['too late', tickets.sign(aTicket({ expires: Date.now() - 1 })), 'invalid_grant', 'ticket.expired'],
    [
      'good for too long',
      tickets.sign(aTicket({ expires: Date.now() + 60 * MINUTE })),
      'invalid_grant',
      'ticket.too_long',
    ],
    ['no scope that could be one', tickets.sign(aTicket({ scope: 'a"b' })), 'invalid_grant', 'ticket.no_scope'],
    ['a user who is not there', tickets.sign(aTicket({ user: 'nobody' })), 'invalid_grant', 'subject.unknown'],
  ];
  for (const [why, ticket, code, message] of refusals) {
    it(`refuses: ${why}`, async () => {
      const { token } = await endpoint();
      await assert.rejects(token({ ticket }), { code, message });
    });
  }

  it('refuses a scope the ticket does not allow', async () => {
    const { token } = await endpoint();
    const ticket = tickets.sign(aTicket({ scope: 'orders:read' }));
    await assert.rejects(token({ ticket, scope: 'orders:place' }), { code: 'invalid_scope' });
    // A refusal spends nothing.
    await token({ ticket });
  });

  it('takes a ticket once; used again later, what came of it ends', async () => {
    const { token, elapse, isLive } = await endpoint();
    const ticket = tickets.sign(aTicket());
    const { authorizationId } = await token({ ticket });
    await assert.rejects(token({ ticket }), { code: 'invalid_grant' });
    assert.equal(isLive(authorizationId), true);
    elapse(10);
    await assert.rejects(token({ ticket }), { code: 'invalid_grant' });
    assert.equal(isLive(authorizationId), false);
  });

  it('keeps the contract: wrong clients, foreign environments, odd parameters, replay, races, outages', async () => {
    const report = await proveGrant(__Name__Grant, {
      singleUse: true,
      good: ({ environment, client, user }) => ({
        params: { ticket: tickets.sign(aTicket({ environment: environment.id, client: client.id, user: user.id })) },
        provide: [[Tickets, tickets]],
      }),
    });
    console.log(String(report));
    assert.ok(report.ok, String(report));
  });
});
