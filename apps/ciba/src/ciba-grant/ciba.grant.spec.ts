import { type Authorization, type NewBackchannelRequest, RACE_TOLERANCE_MS } from '@grantway/domain';
import { OAuthError } from '@grantway/protocol';
import {
  aClient,
  aNewBackchannelRequest,
  aNewNotifiedRequest,
  anAuthorization,
  aUser,
  type GrantHarness,
  grantHarness,
} from '@grantway/testing';
import { CibaGrant } from './ciba.grant.js';

const ALICE = 'user-alice';
const till = aClient({ id: 'till' });

async function house() {
  const harness = await grantHarness(CibaGrant, { client: till, overTheWire: true });
  harness.stores.users.add(aUser());
  return harness;
}

async function asked({ stores }: GrantHarness, request: NewBackchannelRequest = aNewBackchannelRequest()) {
  const started = await stores.backchannel.start(request, { perUser: 10, perClient: 10 });
  if (!('authReqId' in started)) throw new Error('not started');
  const { id, authReqId } = started;
  const decide = (approved?: Authorization) => stores.backchannel.decide('acme', id, ALICE, approved);
  return { id, form: { auth_req_id: authReqId }, decide };
}

describe('ciba grant, CIBA Core', () => {
  it.each([
    ['§11 B9 the user has not answered yet', 'pending', 'authorization_pending'],
    ['§11 B9 the client polls too soon', 'too soon', 'slow_down'],
    ['§11 B9 the user said no', 'denied', 'access_denied'],
    ['§11 B9 nobody answered in time', 'expired', 'expired_token'],
    ['§11 B10 the client is to be pushed to', 'push', 'unauthorized_client'],
    ['house: B10 CB-03 the request is another client’s', 'foreign', 'invalid_grant'],
    ['house: B10 there is no such request', 'unknown', 'invalid_grant'],
  ])('%s', async (_rule, state, code) => {
    const harness = await house();
    const made = state === 'push' ? aNewNotifiedRequest({ delivery: 'push' }) : aNewBackchannelRequest();
    const { form, decide } = await asked(harness, { ...made, clientId: state === 'foreign' ? 'bank' : 'till' });
    if (state === 'denied') await decide(undefined);
    if (state === 'foreign' || state === 'push') await decide(anAuthorization());
    if (state === 'expired') harness.stores.clock.elapse(301);
    if (state === 'too soon') await harness.token(form).catch(() => {});
    const sent = state === 'unknown' ? { auth_req_id: 'gwcb_nothing' } : form;
    await expect(harness.token(sent)).rejects.toMatchObject({ code });
  });

  it('§10.1.1 approved: what the person allowed, to be spent and refreshed', async () => {
    const harness = await house();
    const { id, form, decide } = await asked(harness);
    await decide(anAuthorization());
    const { issuance } = await harness.token(form);
    expect(issuance).toMatchObject({
      authorization: { subject: { kind: 'user', id: ALICE } },
      spend: { backchannelRequest: id },
      refreshToken: true,
    });
  });

  it('B10 §10.1 without auth_req_id: invalid_request', async () => {
    await expect((await house()).token({})).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each(['locked', 'disabled'] as const)('CB-05 approved, then %s: access_denied', async (status) => {
    const harness = await house();
    const { form, decide } = await asked(harness);
    await decide(anAuthorization());
    harness.stores.users.add(aUser({ status }));
    await expect(harness.token(form)).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('CB-04 house: of two racing polls one is answered with tokens, and they stand', async () => {
    const harness = await house();
    const { form, decide } = await asked(harness);
    await decide(anAuthorization());
    const polls = await Promise.allSettled([harness.token(form), harness.token(form)]);
    expect(polls.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [won] = polls.flatMap((poll) => (poll.status === 'fulfilled' ? [poll.value] : []));
    expect(await harness.stores.authorizations.isLive('acme', won?.authorizationId ?? '')).toBe(true);
  });

  it.each([
    ['while it was on its way: a race, nothing is revoked', RACE_TOLERANCE_MS, true],
    ['long before: a replay, what came of it ends', RACE_TOLERANCE_MS + 5_000, false],
  ])('B10 design §4.2 spent %s', async (_what, ago, stands) => {
    const harness = await house();
    const { form, decide } = await asked(harness);
    await decide(anAuthorization());
    const { authorizationId = '' } = await harness.token(form);
    harness.stores.clock.elapse(ago / 1000);
    await expect(harness.token(form)).rejects.toBeInstanceOf(OAuthError);
    expect(await harness.stores.authorizations.isLive('acme', authorizationId)).toBe(stands);
  });
});
