import { addressOf, DOORS, doorAt } from './support/doors.js';
import { ADA, Tenant } from './support/environments.js';
import { type Answer, basic, postForm, request } from './support/http.js';
import { rawRequest } from './support/raw-http.js';
import { target } from './support/target.js';
import { expectErrorPage, expectJsonError, sameVerdict } from './support/verdict.js';

const FORM = 'application/x-www-form-urlencoded';

describe('HT-01 how forms are read', () => {
  let tenant: Tenant;
  let credentials: Record<string, string>;
  let token: string;

  beforeAll(async () => {
    tenant = await Tenant.create();
    credentials = basic('service', tenant.client('service').secret as string);
    token = `${tenant.issuer}/token`;
  });

  const GOOD = 'grant_type=client_credentials';
  const post = (url: string, body: string | Uint8Array, type?: string): Promise<Answer> =>
    rawRequest(url, {
      method: 'POST',
      headers: { ...credentials, ...(type !== undefined && { 'content-type': type }) },
      body,
    });
  /** The endpoints that take a form. */
  const forms = () => DOORS.filter(({ body }) => body === 'form').map((door) => addressOf(door, here()));
  const here = () => ({ baseUrl: target.baseUrl, id: tenant.id });
  const expectRefused = (answer: Answer, status = 400) => {
    expect([answer.url, answer.status]).toEqual([answer.url, status]);
    if (doorAt(answer.url)?.audience === 'person') expectErrorPage(answer, status);
    else expectJsonError(answer, status, 'invalid_request');
  };

  it.each([FORM, `${FORM};charset=UTF-8`, `${FORM} ; charset=utf-8`, 'Application/X-WWW-Form-URLEncoded'])(
    'X1 HT-01 the media type "%s" is a form',
    async (type) => {
      expect((await post(token, GOOD, type)).status).toBe(200);
    },
  );

  it.each([
    ['none at all', undefined],
    ['JSON', 'application/json'],
    ['JSON with a tab', 'application/json\ta'],
    ['JSON after a blank', ' application/json'],
    ['two types', `${FORM}, application/json`],
    ['an unknown parameter', `${FORM}; boundary=x`],
    ['a foreign charset', `${FORM}; charset=utf-7`],
    ['text', 'text/plain'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['a type that only begins alike', `${FORM}x`],
    ['nonsense', ';;;'],
  ])(
    'X1 HT-01 CVE-2025-32442 CVE-2026-3419 CVE-2026-25223 CVE-2026-33806 media type: %s → 400',
    async (_what, type) => {
      for (const url of forms()) expectRefused(await post(url, GOOD, type));
      expectJsonError(await post(token, '{"grant_type":"client_credentials"}', type), 400, 'invalid_request');
    },
  );

  it.each([
    ['a NUL', 'grant_type=client_credentials&scope=orders%3Aread%00'],
    ['a NUL in a name', 'grant_type=client_credentials&sc%00ope=x'],
    ['a raw NUL', 'grant_type=client_credentials&scope=\0'],
    ['a broken escape', 'grant_type=client_credentials&scope=%zz'],
    ['half an escape', 'grant_type=client_credentials&scope=%'],
    ['escaped broken UTF-8', 'grant_type=client_credentials&scope=%c3%28'],
    ['an overlong encoding', 'grant_type=client_credentials&scope=%c0%af'],
    ['a lone surrogate', 'grant_type=client_credentials&scope=%ed%a0%80'],
  ])('HT-01 %s → 400 invalid_request', async (_what, body) => {
    expectJsonError(await sameVerdict(() => post(token, body, FORM)), 400, 'invalid_request');
    for (const url of forms()) expectRefused(await post(url, body, FORM));
  });

  it('HT-01 raw bytes that are no UTF-8 → 400', async () => {
    const body = Buffer.concat([Buffer.from(`${GOOD}&scope=`), Buffer.of(0xff, 0xfe, 0xc3)]);
    for (const url of forms()) expectRefused(await post(url, body, FORM));
  });

  it('X2 HT-01 a parameter that comes twice → 400, even with the same value or an empty one', async () => {
    for (const more of ['&grant_type=client_credentials', '&grant_type=', '&scope=orders:read&scope=orders:read']) {
      expectJsonError(await post(token, GOOD + more, FORM), 400, 'invalid_request');
    }
  });

  it('HT-01 10 000 fields → 400; as many as an honest client sends are fine', async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, at) => `f${at}=1`).join('&');
    for (const url of forms()) {
      const answer = await post(url, `${GOOD}&${fields(5_000)}`, FORM);
      expectRefused(answer);
    }
    expectJsonError(await post(token, `${GOOD}&${'&a'.repeat(10_000)}`, FORM), 400, 'invalid_request');
    expect((await post(token, `${GOOD}&${fields(50)}`, FORM)).status).toBe(200);
  });

  it('X15 HT-01 2 MB → 413 at every endpoint that takes a form; 60 KB are read', async () => {
    for (const url of forms()) {
      const answer = await post(url, `${GOOD}&pad=${'a'.repeat(2_000_000)}`, FORM).catch(refusedEarly);
      if (answer) expectRefused(answer, 413);
      const { largest = 0 } = doorAt(url) ?? {};
      const beyond = await post(url, `${GOOD}&pad=${'a'.repeat(largest + 500)}`, FORM).catch(refusedEarly);
      if (beyond) expectRefused(beyond, 413);
    }
    expect((await post(token, `${GOOD}&pad=${'a'.repeat(60_000)}`, FORM)).status).toBe(200);
  });

  it('HT-01 the names of Object’s own members are parameters like any others, and leave nothing behind', async () => {
    const names = [
      '__proto__',
      'constructor',
      'constructor[prototype][x]',
      '__proto__[status]',
      'toString',
      'hasOwnProperty',
    ];
    for (const name of names) {
      const body = `${GOOD}&${encodeURIComponent(name)}=polluted&${encodeURIComponent(name)}x=1`;
      expect((await post(token, body, FORM)).status).toBe(200);
      const query = new URLSearchParams({ [name]: 'polluted' });
      expect((await request(`${tenant.app().authorizeUrl()}&${query}`)).status).toBe(303);
    }
    expectJsonError(await post(token, '__proto__=client_credentials', FORM), 400, 'invalid_request');
    expect((await post(token, GOOD, FORM)).text).not.toContain('polluted');
  });

  it('HT-01 DPoP-like and hop-by-hop headers of odd shape do no harm', async () => {
    const odd = {
      ...credentials,
      'content-type': FORM,
      cookie: '=;;=;ST-x',
      traceparent: 'nonsense',
      authorization2: '\u00ff',
    };
    expect((await rawRequest(token, { method: 'POST', headers: odd, body: GOOD })).status).toBe(200);
    const withCookies = { cookie: `ST-${tenant.id}=%zz; SB-${tenant.id}=${'a'.repeat(3_000)}; __proto__=1` };
    const answer = await rawRequest(tenant.app().authorizeUrl({ prompt: 'none' }), { headers: withCookies });
    expect(answer.params()['error']).toBe('login_required');
  });

  it('AZ-18 an address of 64 KB → 414 or 431, wherever it goes; one of 9 KB where a GET is answered', async () => {
    const long = (url: string, length: number) => rawRequest(`${url}?x=${'a'.repeat(length)}`, {});
    const answered = DOORS.filter(({ methods }) => methods.includes('GET')).map((door) => addressOf(door, here()));
    for (const url of [...DOORS.map((door) => addressOf(door, here())), `${target.baseUrl}/nowhere`]) {
      expect([414, 431]).toContain((await long(url, 65_536)).status);
    }
    for (const url of answered) expect([url, (await long(url, 9_000)).status]).toEqual([url, 414]);
  });

  it('X1 an empty body is a request without parameters → 400 invalid_request', async () => {
    expectJsonError(await post(token, '', FORM), 400, 'invalid_request');
    expectJsonError(await request(token, { method: 'POST', headers: credentials }), 400, 'invalid_request');
  });

  it('HT-01 parameters of the token endpoint count in the body alone', async () => {
    expectJsonError(await postForm(`${token}?${GOOD}`, {}, credentials), 400, 'invalid_request');
    const { secret = '' } = tenant.client('service');
    const inQuery = `${token}?${new URLSearchParams({ client_id: 'service', client_secret: secret })}`;
    expectJsonError(await postForm(inQuery, { grant_type: 'client_credentials' }), 401, 'invalid_client', secret);
    const code = await tenant.app().code(ADA);
    const queried = await postForm(`${token}?code=${code}`, { grant_type: 'authorization_code' }, basic('web', secret));
    expectJsonError(queried, 400, 'invalid_request', code);
  });
});

/** A server may close the connection on somebody who goes on sending; that is a refusal as well. */
function refusedEarly(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
}
