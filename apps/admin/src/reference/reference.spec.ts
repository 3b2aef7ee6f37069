import { readFileSync } from 'node:fs';
import { keyNames, withReference } from './reference.js';

const manual = readFileSync(new URL('../../../../docs/environment-files.md', import.meta.url), 'utf8');

describe('docs/environment-files.md', () => {
  it('house: has the tables the code has (npm run reference -w apps/admin)', () => {
    expect(manual).toBe(withReference(manual));
  });

  it('house: the tables reach every level', () => {
    expect(keyNames()).toEqual(
      expect.arrayContaining([
        'environment',
        'lifetimes.code',
        'resources[].scopes[].userOnly',
        'clients[].refresh.onReuse',
        'users[].claims',
      ]),
    );
  });

  it('house: its example is in order', async () => {
    const { configOf } = await import('../../test/environment-files.js');
    const [, example = ''] = /```yaml\n(environment: shop[\s\S]*?)```/.exec(manual) ?? [];
    const hash = '$argon2id$v=19$m=19456,t=2,p=1$AA79WX5hhfm/ZJQkuQrUHQ$C+rs9ABy3bfN7XAZwB3mNk7SjXGlahORw3PGfDcR5rs';
    const { clients } = configOf(example, { STOREFRONT_SECRET: 'a secret of the vault', ADA_PASSWORD_HASH: hash });
    expect(clients[0]?.redirectUris).toEqual(['https://shop.example/callback']);
  });
});
