import { OutboundTrouble } from '@grantway/domain';
import { aClient, TestClock } from '@grantway/testing';
import { FakeOutbound } from '../../test/signing.js';
import type { Jwk } from './algorithms.js';
import { ClientKeySets } from './client-key-sets.js';

const URL = 'https://app.example/jwks';
const client = aClient({ id: 'app', keys: { jwksUri: URL } });
const [ONE, TWO] = [{ kid: 'one' }, { kid: 'two' }];
const OPEN = { privateAddresses: false };

function house() {
  const [site, clock] = [new FakeOutbound(), new TestClock()];
  const sets = new ClientKeySets(site, () => clock.now());
  const find = (kid: string, policy = OPEN, of = client) => sets.find(of, policy, (key: Jwk) => key['kid'] === kid);
  return { site, clock, find };
}

describe('ClientKeySets', () => {
  it('house: registered keys are there, and no site is asked', async () => {
    const { find, site } = house();
    const registered = aClient({ keys: { jwks: { keys: [ONE, TWO] } } });
    expect(await find('two', OPEN, registered)).toEqual([TWO]);
    expect(await find('three', OPEN, registered)).toEqual([]);
    expect(await find('one', OPEN, aClient())).toEqual([]);
    expect(site.requests).toEqual([]);
  });

  it('house: a site is asked once, and again after five minutes', async () => {
    const { find, site, clock } = house();
    site.serve([ONE]);
    expect(await Promise.all(Array.from({ length: 20 }, () => find('one')))).toEqual(Array(20).fill([ONE]));
    clock.elapse(299);
    expect(await find('one')).toEqual([ONE]);
    expect(site.requests).toMatchObject([{ url: URL, method: 'GET', privateAddresses: false }]);
    clock.elapse(2);
    site.serve([TWO]);
    expect(await find('one')).toEqual([]);
    expect(site.requests).toHaveLength(2);
  });

  it('JW-02 an unknown kid asks again, but no more often than every ten seconds', async () => {
    const { find, site, clock } = house();
    site.serve([ONE]);
    await find('one');
    site.serve([ONE, TWO]);
    for (let time = 0; time < 20; time++) expect(await find('two')).toEqual([]);
    expect(site.requests).toHaveLength(1);
    clock.elapse(10);
    expect(await find('two')).toEqual([TWO]);
    for (let time = 0; time < 20; time++) expect(await find('three')).toEqual([]);
    expect(site.requests).toHaveLength(2);
  });

  it('house: while a site is away its last keys are good for an hour', async () => {
    const { find, site, clock } = house();
    site.serve([ONE]);
    await find('one');
    site.fail();
    clock.elapse(3_599);
    expect(await find('one')).toEqual([ONE]);
    clock.elapse(11);
    await expect(find('one')).rejects.toMatchObject({ kind: 'failed' });
    site.serve([TWO]);
    await expect(find('two')).rejects.toBeInstanceOf(OutboundTrouble);
    clock.elapse(10);
    expect(await find('two')).toEqual([TWO]);
  });

  it('house: a site that was never there is asked no more often either', async () => {
    const { find, site } = house();
    site.fail('refused');
    for (let time = 0; time < 5; time++) await expect(find('one')).rejects.toMatchObject({ kind: 'refused' });
    expect(site.requests).toHaveLength(1);
  });

  it.each([
    ['another status', { status: 404, body: '{"keys":[]}' }],
    ['a redirect', { status: 302, body: '{"keys":[]}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no object', { status: 200, body: '[]' }],
    ['no keys', { status: 200, body: '{"jwks":[]}' }],
    ['keys that are no list', { status: 200, body: '{"keys":{}}' }],
    ['keys twice', { status: 200, body: '{"keys":[],"keys":[]}' }],
  ])('house: %s is trouble of the site', async (_what, reply) => {
    const { find, site } = house();
    site.answer = async () => ({ headers: {}, ...reply });
    await expect(find('one')).rejects.toMatchObject({ kind: 'failed' });
  });

  it('house: members of the list that are no keys are passed over', async () => {
    const { find, site } = house();
    site.serve([null, 'one', 1, ONE] as object[]);
    expect(await find('one')).toEqual([ONE]);
  });

  it('house: a site that is slow is not waited for, and its answer counts when it comes', async () => {
    const { find, site } = house();
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    site.answer = async () => {
      await arrived;
      return { status: 200, headers: {}, body: JSON.stringify({ keys: [ONE] }) };
    };
    await expect(find('one')).rejects.toMatchObject({ kind: 'failed' });
    arrive();
    expect(await find('one')).toEqual([ONE]);
    expect(site.requests).toHaveLength(1);
  });

  it('MT-03 another environment, or another policy, asks for itself', async () => {
    const { find, site } = house();
    site.serve([ONE]);
    await find('one');
    await find('one', { privateAddresses: true });
    await find('one', OPEN, aClient({ environmentId: 'other', keys: { jwksUri: URL } }));
    expect(site.requests.map(({ privateAddresses }) => privateAddresses)).toEqual([false, true, false]);
  });
});
