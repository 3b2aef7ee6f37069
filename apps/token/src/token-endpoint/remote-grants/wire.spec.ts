import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ResourceCatalog } from '@grantway/domain';
import { type GrantOptions, type Issuance, OptionalParam, Param } from '@grantway/grant-sdk';
import {
  announcementMessage,
  encodeError,
  encodeIssuance,
  encodeRequest,
  GrantSubject,
  manifestOf,
  refusalMessage,
} from '@grantway/grant-sdk/contract';
import { OAuthError, ScopeSet, TokenType } from '@grantway/protocol';
import { aClient, anAuthentication, anAuthorization, anEnvironment, aResource } from '@grantway/testing';

const INSTANCE = '0a1b2c3d-0000-4000-8000-000000000001';
const golden = fileURLToPath(new URL('../../../golden/remote-grants-v1.golden.json', import.meta.url));

class TicketParams {
  @Param({ max: 64 })
  readonly ticket!: string;

  @OptionalParam()
  readonly hint?: string;
}

const OPTIONS: GrantOptions<TicketParams> = {
  ...{ type: 'urn:example:ticket', params: TicketParams, clients: 'confidential', slug: 'ticket', spends: 'once' },
  metadata: { paths: { ticket_endpoint: '/ticket' }, values: { ticket_kinds_supported: ['one', 'two'] } },
};

const when = new Date('2026-11-21T12:00:00.000Z');

/** Everything that the two sides say to each other, each field of it. */
function said() {
  const manifest = manifestOf(OPTIONS);
  const authorization = anAuthorization({
    scope: ScopeSet.of('openid', 'orders:read'),
    resources: ['https://orders.example'],
    authentication: anAuthentication({ time: when, sessionId: INSTANCE }),
  });
  const issuance: Required<Omit<Issuance, 'derivedFrom' | 'serviceAccountVersion'>> = {
    authorization,
    spend: { once: { id: 'ticket 4711', until: when } },
    ...{ refreshToken: true, nonce: 'n', claims: { desk: 7 }, actor: { sub: 'teller' }, audiences: ['ledger'] },
    ...{ notAfter: when, issuedTokenType: TokenType.AccessToken },
  };
  const question = encodeRequest(
    {
      ...{
        environment: anEnvironment(),
        client: aClient(),
        params: { ticket: 't' },
        catalog: new ResourceCatalog([aResource()]),
      },
      ...{ requestedScope: ScopeSet.of('openid'), requestedResources: ['https://orders.example'] },
      ...{ arrivedAt: when.getTime(), ip: '192.0.2.1' },
    },
    {
      requestId: 'request-1',
      deadline: when.getTime() + 2_000,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    },
  );
  const error = new OAuthError('slow_down', { description: 'wait', reason: 'ticket.early', retryAfter: 5 });
  return {
    [GrantSubject.announce('ticket')]: [
      announcementMessage(INSTANCE, 'here', manifest),
      announcementMessage(INSTANCE, 'leaving', manifest),
    ],
    [GrantSubject.who]: {},
    [GrantSubject.refused('ticket')]: refusalMessage(INSTANCE, 'type_foreign'),
    [GrantSubject.decide('ticket')]: { question, answers: [encodeIssuance(issuance), encodeError(error)] },
  };
}

describe('the wire between the token service and a grant, version 1', () => {
  it('design §5 is as it was reviewed (GOLDEN_UPDATE=1 refreshes golden/remote-grants-v1.golden.json)', () => {
    const now = JSON.parse(JSON.stringify(said()));
    if (process.env['GOLDEN_UPDATE'] === '1') writeFileSync(golden, `${JSON.stringify(now, null, 2)}\n`);
    expect(existsSync(golden)).toBe(true);
    expect(now).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
  });
});
