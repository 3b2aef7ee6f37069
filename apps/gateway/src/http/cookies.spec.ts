import { CookieJar } from './cookies.js';

const https = new CookieJar('https://login.example.com');
const http = new CookieJar('http://localhost:3000');

describe('CookieJar', () => {
  it('SE-03 over https no other host and no path can set our cookies', () => {
    expect(https.name('session', 'acme')).toBe('__Host-ST-acme');
    expect(https.name('browser', 'acme')).toBe('__Host-SB-acme');
    expect(https.attributes).toEqual({ path: '/', httpOnly: true, sameSite: 'lax', secure: true });
  });

  it('house: over http browsers refuse the prefix, so a local installation does without', () => {
    expect(http.name('session', 'acme')).toBe('ST-acme');
    expect(http.attributes).toEqual({ path: '/', httpOnly: true, sameSite: 'lax', secure: false });
  });

  it('SE-03 MT-01 each environment reads its own cookies and no other’s', () => {
    const cookies = {
      ...{ '__Host-ST-acme': 's', '__Host-SB-acme': 'b', '__Host-ST-other': 'x' },
      ...{ 'ST-acme': 'planted', ST: 'planted', 'ST-acme-2': 'planted' },
    };
    expect(https.read(cookies, 'acme')).toEqual({ session: 's', browser: 'b' });
    expect(https.read(cookies, 'other')).toEqual({ session: 'x' });
    expect(http.read(cookies, 'acme')).toEqual({ session: 'planted' });
  });

  it('SE-03 an empty cookie is none', () => {
    expect(https.read({ '__Host-ST-acme': '' }, 'acme')).toEqual({});
    expect(https.read({}, 'acme')).toEqual({});
  });
});
