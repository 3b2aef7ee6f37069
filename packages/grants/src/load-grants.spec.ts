import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantOptions } from '@grantway/grant-sdk';
import { GRANTS, loadGrants } from './index.js';

const slugOf = (type: object) => grantOptions(type)?.slug;

describe('loadGrants', () => {
  let folder: string;
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grants-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('house: each built-in grant has a slug of its own, and is loaded by it', async () => {
    const slugs = GRANTS.map(slugOf);
    expect(new Set(slugs).size).toBe(GRANTS.length);
    expect(await loadGrants(slugs.join(', '))).toMatchObject({ grants: [...GRANTS], providers: [] });
  });

  it('house: one named twice is loaded once', async () => {
    expect((await loadGrants('password,,password')).grants.map(slugOf)).toEqual(['password']);
  });

  it('house: what a module exports with @Grant is loaded, what it injects, and nothing else of it', async () => {
    const options = "{ type: 'urn:example:ticket', params: class {}, clients: 'any', slug: 'ticket' }";
    const mark = `Reflect.defineMetadata(Symbol.for('grantway:grant'), ${options}, TicketGrant);`;
    const path = await write(
      'ticket.mjs',
      `export class TicketGrant {}\n${mark}\nexport const providers = [{ provide: 'port', useValue: 7 }];\nexport const isInfrastructureError = (error) => error === 'away';\nexport class Helper {}\nexport default TicketGrant;`,
    );
    const { grants, providers, isInfrastructureError } = await loadGrants(`password,${path}`);
    expect(grants.map(slugOf)).toEqual(['password', 'ticket']);
    expect(providers).toEqual([{ provide: 'port', useValue: 7 }]);
    expect([isInfrastructureError('away'), isInfrastructureError('bug')]).toEqual([true, false]);
  });

  it.each([
    ['a list of nothing', ' , ', 'GRANTS names no grant'],
    ['a slug nobody has', 'token-exchanger', 'there is no grant "token-exchanger"; built in are authorization-code'],
    ['a file that is not there', './nowhere.js', '"./nowhere.js" could not be loaded'],
    ['a package that is not installed', '@acme/step-up', '"@acme/step-up" could not be loaded'],
  ])('house: %s is told by name', async (_what, name, message) => {
    await expect(loadGrants(name)).rejects.toMatchObject({
      name: 'UnknownGrant',
      message: expect.stringContaining(message),
    });
  });

  it('house: a module without a grant is told by name', async () => {
    const path = await write('empty.mjs', 'export const nothing = 1;');
    await expect(loadGrants(path)).rejects.toThrow('exports no class with @Grant');
  });
});
