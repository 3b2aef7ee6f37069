import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyOf } from '@grantway/platform';
import { grantway } from '../../test/run-cli.js';
import { runCommand } from './run-command.js';

const OWN = ['authorize', 'ciba', 'device', 'gateway', 'token'];
const USAGE = 'npm run grantway -- nats-config FOLDER [--grants SLUG,…] [--host NAME=SLUG,…] [--audit-stream]';

describe('grantway nats-config', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nats-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** In this process; a process of its own takes half a second to start. */
  const run = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const speaker = { say: (line: string) => void out.push(line), complain: (line: string) => void err.push(line) };
    const code = await runCommand(['nats-config', ...args], {}, speaker);
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const seedsOf = (names: readonly string[]) =>
    Promise.all(names.map((name) => readFile(join(folder, `${name}.nk`), 'utf8')));
  const list = () => readFile(join(folder, 'nats-users.conf'), 'utf8');
  /** Everything in the folder, by name. */
  const all = async (path = folder) =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(path)).sort().map(async (name) => [name, await readFile(join(path, name), 'utf8')]),
      ),
    );

  it('house: a seed for each service in a file of its own, which its owner alone can read, and a list without seeds', async () => {
    const { code, out, err } = await run(folder);
    expect([code, err]).toEqual([0, '']);
    expect(Object.keys(await all())).toEqual([...OWN.map((name) => `${name}.nk`).sort(), 'nats-users.conf'].sort());
    const text = await list();
    for (const seed of await seedsOf(OWN)) {
      expect(seed).toMatch(/^SU[A-Z2-7]{56}\n$/);
      expect(text).toContain(`nkey: "${publicKeyOf(seed.trim())}"`);
      expect(text + out).not.toContain(seed.trim());
    }
    for (const name of OWN) expect((await stat(join(folder, `${name}.nk`))).mode & 0o777).toBe(0o600);
    expect(text).not.toMatch(/\bSU[A-Z2-7]{56}\b/);
    expect(out).toContain('authorization { include "nats-users.conf" }');
    expect(out).toContain('nats-server --signal reload');
    expect(out).toContain('NATS_NKEY_FILE');
  });

  it('house: a folder that is not there is made, in one that is', async () => {
    expect(await run(join(folder, 'a'))).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'a'))).toContain('token.nk');
    expect(await run(join(folder, 'b', 'c'))).toEqual({
      ...{ code: 1, out: '' },
      err: `there is no folder ${join(folder, 'b')} to make c in: nothing was written`,
    });
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('house: where the kernel makes no folders, that is told', async () => {
    expect(await run('/proc/grantway')).toMatchObject({
      ...{ code: 1, out: '' },
      err: expect.stringMatching(/^(?:\/proc\/grantway cannot be read or written|there is no folder \/proc)/),
    });
  });

  it('house: run by npm, it writes where the person stands', async () => {
    const { code, out } = await grantway(['nats-config', 'bus'], { cwd: tmpdir(), env: { INIT_CWD: folder } });
    expect([code, out.split('\n')[0]]).toEqual([0, `${join(folder, 'bus', 'nats-users.conf')}: 5 identities`]);
    expect(await readdir(folder)).toEqual(['bus']);
  });

  it('house: a grant host may have those of Grantway’s own grants that run outside of the token service', async () => {
    const { code } = await run(folder, '--host', 'busy=token-exchange,password,client-credentials');
    expect(code).toBe(0);
    expect(await list()).toContain('"grants.v1.announce.client-credentials"');
  });

  it('house: run again with more grants, seeds are kept, new ones are made, and the list names all', async () => {
    await run(folder, '--grants', 'team-one');
    const before = await seedsOf([...OWN, 'grant-team-one']);
    const { out } = await run(folder, '--grants', 'team-one,team-two', '--host', 'busy=token-exchange,password');
    expect(await seedsOf([...OWN, 'grant-team-one'])).toEqual(before);
    expect(out).toMatch(/kept +token /);
    expect(out).toMatch(/kept +grant-team-one /);
    expect(out).toMatch(/new +grant-team-two +grant-team-two\.nk/);
    expect(out).toMatch(/new +host-busy +host-busy\.nk/);
    const text = await list();
    for (const seed of await seedsOf([...OWN, 'grant-team-one', 'grant-team-two', 'host-busy'])) {
      expect(text).toContain(`"${publicKeyOf(seed.trim())}"`);
    }
    expect(await run(folder, '--grants', 'team-one', '--grants', 'team-two', '--host', 'busy=password token-exchange'));
  });

  it('house: twice the same is the same', async () => {
    const args = ['--grants', 'team-one', '--host', 'busy=password'];
    await run(folder, ...args);
    const before = await all();
    await run(folder, ...args);
    expect(await all()).toEqual(before);
  });

  it('house: a grant not named any more is not admitted; its seed stays, and that is said', async () => {
    await run(folder, '--grants', 'team-one,team-two');
    const [seed = ''] = await seedsOf(['grant-team-one']);
    const { code, out } = await run(folder, '--grants', 'team-two');
    expect(code).toBe(0);
    expect(out).toMatch(/withdrawn +grant-team-one +not named any more: .*grant-team-one\.nk is left where it is/);
    expect(await list()).not.toContain(publicKeyOf(seed.trim()) ?? '');
    expect(await seedsOf(['grant-team-one'])).toEqual([seed]);
    await run(folder, '--grants', 'team-one,team-two');
    expect(await list()).toContain(publicKeyOf(seed.trim()) ?? '');
  });

  it.each([
    [['--grants', 'Team'], '"Team": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', 'a.b'], '"a.b": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', '*'], '"*": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', '>'], '">": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', 'a"b'], '"a"b": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', '../x'], '"../x": must be 1 to 40 of a-z, 0-9 and -'],
    [['--grants', 'a'.repeat(41)], 'must be 1 to 40'],
    [['--grants=-a'], '"-a": must be 1 to 40 of a-z, 0-9 and -, with a letter or digit first and last'],
    [['--grants=a-'], '"a-": must be 1 to 40'],
    [['--grants=--'], '"--": must be 1 to 40'],
    [['--host', 'x-=a'], 'host "x-": must be 1 to 40'],
    [['--grants', 'é'], 'must be 1 to 40'],
    [['--grants', 'ok,__proto__'], '"__proto__": must be 1 to 40'],
    [['--grants', 'device-code'], "device-code: served by Grantway's own device service"],
    [['--grants', 'ciba'], "ciba: served by Grantway's own ciba service"],
    [['--host', 'busy=ciba'], "ciba: served by Grantway's own ciba service"],
    ...['authorization-code', 'refresh-token', 'implicit', 'jwt-bearer', 'service-token'].flatMap(
      (slug): [string[], string][] => [
        [['--grants', slug], `${slug}: a grant of Grantway's own, which runs in the token service alone`],
        [['--host', `busy=a,${slug}`], `${slug}: a grant of Grantway's own, which runs in the token service alone`],
      ],
    ),
    ...['token-exchange', 'password', 'client-credentials'].map((slug): [string[], string] => [
      ['--grants', slug],
      `${slug}: a grant of Grantway's own: outside of the token service it runs in a grant host (--host NAME=${slug})`,
    ]),
    [['--grants', 'a,b,a'], 'a: named twice'],
    [['--grants', 'a', '--grants', 'a'], 'a: named twice'],
    [['--grants', 'a', '--host', 'busy=b,a'], 'a: named twice'],
    [['--host', 'one=a', '--host', 'two=a'], 'a: named twice'],
    [['--host', 'busy=a', '--host', 'busy=b'], 'host busy: named twice'],
    [['--host', 'Busy=a'], 'host "Busy": must be 1 to 40'],
    [['--host', '=a'], 'host "": must be 1 to 40'],
    [['--host', 'busy='], 'host busy: serves no grant'],
    [['--host', 'busy=a=b'], '"a=b": must be 1 to 40'],
  ])('house: %j is refused by name, exit 1, and nothing is written', async (args, told) => {
    const { code, out, err } = await run(join(folder, 'new'), ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('Nothing was written');
    expect(err).toContain(told);
    expect(await readdir(folder)).toEqual([]);
  });

  it('house: everything that is wrong is told at once', async () => {
    const { err } = await run(folder, '--grants', 'A,ciba,b,b', '--host', 'x=');
    for (const each of ['"A"', 'ciba:', 'b: named twice', 'host x:']) expect(err).toContain(each);
  });

  it.each([
    [[]],
    [['one', 'two']],
    [['x', '--grant', 'a']],
    [['x', '--grants']],
    [['x', '--host', 'busy']],
    [['x', '--host', 'busy,a']],
    [['x', '--force']],
  ])('house: %j is a wrong call: exit 2', async (args) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: USAGE });
  });

  it.each([
    ['a file', async (path: string) => writeFile(path, 'x')],
    ['below a file', async (path: string) => writeFile(path, 'x'), 'deeper'],
    ['a link into nowhere', async (path: string) => symlink('/nowhere/at/all', path)],
  ])(
    'house: a folder that is %s cannot be written: exit 1, and it is as it was',
    async (_what, prepare, deeper = '') => {
      const path = join(folder, 'there');
      await prepare(path);
      const { code, out, err } = await run(join(path, deeper));
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('nothing was written');
      expect(await readdir(folder)).toEqual(['there']);
    },
  );

  it('house: what is in a seed’s place and is none is not overwritten, nor is anything else written', async () => {
    await writeFile(join(folder, 'token.nk'), 'not a seed\n');
    const before = await all();
    const { code, err } = await run(folder);
    expect([code, err]).toEqual([
      1,
      `${join(folder, 'token.nk')} holds no nkey seed: move it away, and a new one is made`,
    ]);
    expect(await all()).toEqual(before);
  });

  it('house: two identities with one seed are refused, and the list stays as it was', async () => {
    await run(folder);
    await writeFile(join(folder, 'grant-step-up.nk'), await readFile(join(folder, 'token.nk')));
    const before = await all();
    const { code, err } = await run(folder, '--grants', 'step-up');
    expect([code, err]).toEqual([
      1,
      'token.nk and grant-step-up.nk hold the same seed: delete the one that is a copy; nothing was written',
    ]);
    expect(await all()).toEqual(before);
  });

  it('house: a list that cannot be replaced is told, and no draft is left', async () => {
    await mkdir(join(folder, 'nats-users.conf'));
    const { code, err } = await run(folder);
    expect([code, err]).toEqual([1, expect.stringContaining('the list is as it was')]);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('house: two runs at once leave one identity each, and a list that fits the seeds', async () => {
    const one = () => grantway(['nats-config', folder, '--grants', 'a']);
    const runs = await Promise.all([one(), one(), one()]);
    expect(runs.some(({ code }) => code === 0)).toBe(true);
    const text = await list();
    for (const seed of await seedsOf([...OWN, 'grant-a'])) expect(text).toContain(publicKeyOf(seed.trim()) ?? 'none');
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('house: the mode of a seed somebody has opened is left to them', async () => {
    await run(folder);
    await chmod(join(folder, 'token.nk'), 0o640);
    await run(folder);
    expect((await stat(join(folder, 'token.nk'))).mode & 0o777).toBe(0o640);
  });
});
