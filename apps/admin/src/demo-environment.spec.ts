import { readFileSync } from 'node:fs';
import { configOf } from '../test/environment-files.js';

const demo = configOf(readFileSync(new URL('../../../deploy/environments/demo.yaml', import.meta.url), 'utf8'), {
  PUBLIC_URL: 'http://localhost:3000',
});

describe('deploy/environments/demo.yaml', () => {
  it('house: has what npm start promises', () => {
    expect(demo.environment.id).toBe('demo');
    expect(demo.users.map(({ username, password }) => [username, password])).toContainEqual([
      'ada',
      { plain: 'correct horse' },
    ]);
    expect(demo.clients.find(({ id }) => id === 'service')).toMatchObject({
      authMethod: 'client_secret_basic',
      secretHashes: ['hash(demo-secret)'],
      grantTypes: ['client_credentials'],
      defaultScopes: ['orders:read'],
    });
    expect(demo.clients.find(({ id }) => id === 'playground')).toMatchObject({
      authMethod: 'none',
      redirectUris: ['http://localhost:3000/playground/callback', 'http://localhost:4000/callback'],
      allowedOrigins: ['http://localhost:4000'],
    });
  });
});
