import { ENDPOINTS, LARGEST_PUSHED_REQUEST } from './endpoints.js';
import { Subject } from './subject.js';

const ROWS = ENDPOINTS.map((endpoint) => [`${endpoint.methods.join('|')} ${endpoint.path}`, endpoint] as const);

describe('endpoint table', () => {
  it('house: a method of a path is served once', () => {
    const served = ENDPOINTS.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));
    expect([...new Set(served)]).toEqual(served);
  });

  it('house: every subject is behind a route, but the gateway’s own question and what the CIBA service asks', () => {
    const routed = new Set(ENDPOINTS.map(({ subject }) => subject));
    expect(Object.values(Subject).filter((subject) => !routed.has(subject))).toEqual([
      Subject.BackchannelPush,
      Subject.AllowOrigin,
    ]);
  });

  it.each(ROWS)('house: %s names its environment, and its subject is well-formed', (_name, { path, subject }) => {
    expect(path.split('/')).toContain(':environment');
    expect(subject).toMatch(/^[a-z]+\.v1\.[a-z-]+$/);
  });

  it.each(ROWS)('MT-04 %s has the environment, and at most an id beside it', (_name, { path }) => {
    expect([':environment', ':environment,:id']).toContain(String(path.match(/:[a-zA-Z]+/g)));
  });

  it('HT-04 scripts of listed origins read what carries its own credentials; with cookies only what a sign-on page needs', () => {
    const readable = (cors: string) => ENDPOINTS.filter((row) => row.cors === cors).map(({ subject }) => subject);
    expect([...new Set(readable('listed'))].sort()).toEqual(
      [
        ...[Subject.AuthorizePush, Subject.TokenIssue, Subject.UserInfo, Subject.Revoke, Subject.DeviceStart],
        ...[Subject.Jwks, Subject.Metadata],
      ].sort(),
    );
    expect([...new Set(readable('listed-with-cookies'))].sort()).toEqual(
      [Subject.AuthorizeStart, Subject.AuthorizeResume, Subject.FlowRead, Subject.FlowAct].sort(),
    );
  });

  it('house: only what is the same for everybody may come from a cache', () => {
    const cached = ENDPOINTS.filter((endpoint) => endpoint.cached);
    expect(new Set(cached.map(({ subject }) => subject))).toEqual(new Set([Subject.Jwks, Subject.Metadata]));
    expect(cached.filter(({ methods }) => methods.join() !== 'GET')).toEqual([]);
  });

  it.each(ROWS)('X1 %s: a body is read where something may be posted, and only there', (_name, { methods, body }) => {
    expect(methods.includes('POST') ? ['form', 'action'] : ['none']).toContain(body);
  });

  it('X15 P2 only a pushed request may be larger than 64 KB', () => {
    const larger = ENDPOINTS.filter(({ largestBody }) => largestBody !== undefined);
    expect(larger.map(({ subject, largestBody }) => [subject, largestBody])).toEqual([
      [Subject.AuthorizePush, LARGEST_PUSHED_REQUEST],
    ]);
  });

  it('X1 the token endpoint takes POST alone', () => {
    expect(ENDPOINTS.filter(({ subject }) => subject === Subject.TokenIssue).map(({ methods }) => methods)).toEqual([
      ['POST'],
    ]);
  });
});
