import { ENVIRONMENT_ID, issuerOf } from './environment.js';

describe('issuer', () => {
  it('MT-02 is made of the public URL and the environment', () => {
    expect(issuerOf('https://login.example.com', 'acme')).toBe('https://login.example.com/acme/as');
  });
});

describe('environment id', () => {
  it.each(['a', 'acme', 'acme-2', '0', 'a'.repeat(64)])('house: %s is one', (id) => {
    expect(id).toMatch(ENVIRONMENT_ID);
  });

  it.each(['', '-acme', 'acme-', 'Acme', 'a/b', 'a.b', '..', 'a_b', 'a\n', 'é', 'a'.repeat(65)])(
    'house: "%s" is none',
    (id) => {
      expect(id).not.toMatch(ENVIRONMENT_ID);
    },
  );
});
