import { ENDPOINTS } from './endpoints.js';
import { Subject } from './subject.js';

const ROWS = ENDPOINTS.map((endpoint) => [`${endpoint.methods.join('|')} ${endpoint.path}`, endpoint] as const);

describe('endpoint table', () => {
  it('house: a method of a path is served once', () => {
    const served = ENDPOINTS.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));
    expect([...new Set(served)]).toEqual(served);
  });

  it('house: every subject but the gateway’s own question is behind a route', () => {
    const routed = new Set(ENDPOINTS.map(({ subject }) => subject));
    expect(Object.values(Subject).filter((subject) => !routed.has(subject))).toEqual([Subject.AllowOrigin]);
  });

  it.each(ROWS)('house: %s names its environment, and its subject is well-formed', (_name, { path, subject }) => {
    expect(path.split('/')).toContain(':environment');
    expect(subject).toMatch(/^[a-z]+\.v1\.[a-z-]+$/);
  });

  it.each(ROWS)('MT-04 %s has one parameter, and that is the environment', (_name, { path }) => {
    expect(path.match(/:[a-zA-Z]+/g)).toEqual([':environment']);
  });

  it('HT-04 scripts of other origins read the token endpoint, userinfo, JWKS and discovery, and no page', () => {
    expect(ENDPOINTS.filter(({ cors }) => cors).map(({ path }) => path)).toEqual([
      '/:environment/as/token',
      '/:environment/as/userinfo',
      '/:environment/as/jwks',
      '/:environment/as/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server/:environment/as',
    ]);
    expect(ENDPOINTS.filter(({ cors, audience }) => cors && audience === 'person')).toEqual([]);
  });

  it('house: only what is the same for everybody may come from a cache', () => {
    const cached = ENDPOINTS.filter((endpoint) => endpoint.cached);
    expect(new Set(cached.map(({ subject }) => subject))).toEqual(new Set([Subject.Jwks, Subject.Metadata]));
    expect(cached.filter(({ methods }) => methods.join() !== 'GET')).toEqual([]);
  });

  it.each(ROWS)('X1 %s: a body is read where something may be posted, and only there', (_name, { methods, body }) => {
    expect(body).toBe(methods.includes('POST') ? 'form' : 'none');
  });

  it('X1 the token endpoint takes POST alone', () => {
    expect(ENDPOINTS.filter(({ subject }) => subject === Subject.TokenIssue).map(({ methods }) => methods)).toEqual([
      ['POST'],
    ]);
  });
});
