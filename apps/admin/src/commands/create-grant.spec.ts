import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { grantway, type Outcome } from '../../test/run-cli.js';

const STEP_UP = 'urn:acme:params:oauth:grant-type:step-up';
const LONG = `urn:acme:${'x'.repeat(247)}`;

describe('grantway create-grant', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grantway-create-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const create = (...args: string[]): Promise<Outcome> => grantway(['create-grant', ...args], { cwd: folder });
  const everything = async (below: string) =>
    (await readdir(below, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(below.length + 1))
      .sort();

  it('house: writes all a team begins with, and says what comes next', async () => {
    expect(await create(STEP_UP, 'here')).toEqual({
      code: 0,
      err: '',
      out: [
        `${join(folder, 'here')}: the grant ${STEP_UP}, "step-up" on the bus. Next:`,
        '  cd here',
        '  npm install',
        '  npm test',
        '@grantway/grant-sdk has to be in a registry of yours; npm run pack-sdk -- FOLDER makes what --sdk FILE takes.',
      ].join('\n'),
    });
    expect(await everything(join(folder, 'here'))).toEqual([
      ...['.dockerignore', '.gitignore', 'Dockerfile', 'README.md'],
      ...['deployment', 'disruption-budget', 'kustomization', 'network-policy'].map((name) => `deploy/${name}.yaml`),
      ...['package.json', 'src/hosted.ts', 'src/issue-ticket.ts', 'src/main.ts', 'src/providers.ts'],
      ...['spec', 'ts'].map((end) => `src/step-up.grant.${end === 'spec' ? 'spec.ts' : 'ts'}`),
      ...['src/step-up.params.ts', 'src/tickets.ts', 'tsconfig.json'],
    ]);
    expect(await readdir(folder)).toEqual(['here']);
    // As any folder somebody makes: others may look into it.
    const made = join(folder, 'made');
    await mkdir(made);
    expect((await stat(join(folder, 'here'))).mode).toBe((await stat(made)).mode);
  });

  it('house: every place is filled in, and the one dependency is the sdk of this version', async () => {
    await create(STEP_UP);
    const made = join(folder, 'step-up-grant');
    for (const file of await everything(made)) expect(await readFile(join(made, file), 'utf8')).not.toMatch(/__\w+__/);
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const manifest = JSON.parse(await readFile(join(made, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'step-up-grant', dependencies: { '@grantway/grant-sdk': `^${version}` } });
    const grant = await readFile(join(made, 'src/step-up.grant.ts'), 'utf8');
    expect(grant).toContain(`type: '${STEP_UP}'`);
    expect(grant).toContain('class StepUpGrant implements GrantHandler<StepUpParams>');
  });

  it.each([
    ['https://acme.example/grants/step-up', 'step-up'],
    ['https://acme.example/grants/v2/', 'v2'],
    ['urn:acme:Step_Up%20now', 'step-up-20now'],
    ['tag:acme.example:2026:voucher', 'voucher'],
    ['acme:x', 'x'],
  ])('house: %s is called by its last segment', async (type, slug) => {
    expect((await create(type)).code).toBe(0);
    expect(await readdir(folder)).toEqual([`${slug}-grant`]);
  });

  it('house: a slug may begin with a digit, a class may not', async () => {
    await create('urn:acme:2fa', 'a');
    const grant = await readFile(join(folder, 'a/src/2fa.grant.ts'), 'utf8');
    expect(grant).toContain("slug: '2fa'");
    expect(grant).toContain('class Type2faGrant implements GrantHandler<Type2faParams>');
  });

  it('house: --sdk says what to depend on', async () => {
    expect((await create(STEP_UP, 'a', '--sdk', '1.2.3')).code).toBe(0);
    const manifest = JSON.parse(await readFile(join(folder, 'a/package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'step-up-grant', dependencies: { '@grantway/grant-sdk': '1.2.3' } });
  });

  it('house: a packed sdk goes along', async () => {
    await writeFile(join(folder, 'sdk.tgz'), 'packed');
    expect((await create(STEP_UP, 'a', '--sdk', './sdk.tgz')).out).toMatch(/npm test$/);
    const manifest = JSON.parse(await readFile(join(folder, 'a/package.json'), 'utf8'));
    expect(manifest.dependencies).toEqual({ '@grantway/grant-sdk': 'file:vendor/sdk.tgz' });
    expect(await readFile(join(folder, 'a/vendor/sdk.tgz'), 'utf8')).toBe('packed');
  });

  it.each([['npm:@acme/grant-sdk@1'], ['https://registry.example/sdk.tgz'], ['>=1 <2 || "3"']])(
    'house: what npm takes for a version is left to npm: %s',
    async (sdk) => {
      await create(STEP_UP, 'a', '--sdk', sdk);
      const manifest = JSON.parse(await readFile(join(folder, 'a/package.json'), 'utf8'));
      expect(manifest.dependencies).toEqual({ '@grantway/grant-sdk': sdk });
    },
  );

  it('house: run by npm, it writes where the person stands', async () => {
    const args = ['create-grant', STEP_UP, 'mine'];
    expect((await grantway(args, { cwd: tmpdir(), env: { INIT_CWD: folder } })).code).toBe(0);
    expect(await readdir(folder)).toEqual(['mine']);
  });

  describe('refuses, and writes nothing', () => {
    it.each([
      ['step-up', 'is no absolute URI'],
      ['/grants/step-up', 'is no absolute URI'],
      ['urn:acme', 'is no absolute URI'],
      ['urn::x', 'is no absolute URI'],
      ['https:', 'is no absolute URI'],
      ['https:grants/x', 'is no absolute URI'],
      ['https://acme.example/x#y', 'is no absolute URI'],
      ['https://acme.example:x/y', 'is no absolute URI'],
      ['urn:acme:a b', 'is no absolute URI'],
      ["urn:acme:a'b", 'is no absolute URI'],
      ['urn:acme:a"b', 'is no absolute URI'],
      ['urn:acme:äh', 'is no absolute URI'],
      ['urn:acme:a%zz', 'is no absolute URI'],
      ['URN:acme:x', 'is no absolute URI'],
      [LONG, 'is longer than 255 characters'],
      ['authorization_code', 'is a grant type of Grantway itself'],
      ['password', 'is a grant type of Grantway itself'],
      ['urn:ietf:params:oauth:grant-type:device_code', 'is a grant type of Grantway itself'],
      ['urn:openid:params:grant-type:ciba', 'is a grant type of Grantway itself'],
      ['urn:ietf:params:oauth:grant-type:saml2-bearer', 'is in a namespace where only specifications name things'],
      ['urn:openid:params:grant-type:mine', 'is in a namespace where only specifications name things'],
    ])('RFC 6749 §4.5 %s', async (type, message) => {
      const { code, out, err } = await create(type, 'here');
      expect([code, out, err.split('\n').length]).toEqual([1, '', 1]);
      expect(err).toContain(message);
      expect(await readdir(folder)).toEqual([]);
    });

    it.each([
      ['urn:acme:_', [], 'urn:acme:_ makes no slug: a grant is called by the last segment of its type'],
      [`urn:acme:${'a'.repeat(41)}`, [], '1 to 40 characters of that must be left: take a type that ends otherwise'],
      ['urn:acme:password', [], 'urn:acme:password would be served as "password"'],
      ['urn:acme:CIBA', [], 'would be served as "ciba"'],
      [
        'https://acme.example/device_code/',
        [],
        'as "device-code", for a grant is called by the last segment of its type',
      ],
      ['urn:acme:service-token', [], "and that is a grant of Grantway's own: take a type that ends otherwise"],
      [STEP_UP, ['--sdk', './nowhere.tgz'], 'there is no file'],
      [STEP_UP, ['--sdk', 'nowhere.tgz'], 'there is no file'],
      [STEP_UP, ['--sdk', 'file:nowhere.tgz'], 'there is no file'],
      [STEP_UP, ['--sdk', '.'], 'there is no file'],
      [STEP_UP, ['nowhere/here'], 'there is no folder'],
    ])('house: %s %j', async (type, more, message) => {
      const { code, out, err } = await create(type, ...more);
      expect([code, out, err.split('\n').length]).toEqual([1, '', 1]);
      expect(err).toContain(message);
      expect(await readdir(folder)).toEqual([]);
    });

    it.each([
      ...[[], [''], [STEP_UP, 'a', 'b'], [STEP_UP, '']],
      ...[
        [STEP_UP, '--slug', 'x'],
        [STEP_UP, '--sdk'],
        [STEP_UP, '--sdk', ''],
        [STEP_UP, '--sdk='],
      ],
    ])('house: a wrong call is exit 2: %j %j %j', async (...args) => {
      const { code, err } = await create(...args.filter((arg) => arg !== undefined));
      expect([code, err]).toEqual([2, 'npm run grantway -- create-grant NAME [FOLDER] [--sdk VERSION|FILE]']);
      expect(await readdir(folder)).toEqual([]);
    });

    it.each<[string, (path: string) => Promise<unknown>]>([
      ['an empty folder', (path) => mkdir(path)],
      ['a file', (path) => writeFile(path, 'mine')],
      ['a link to nothing', (path) => symlink('/nowhere', path)],
    ])('house: %s of that name', async (_what, make) => {
      await make(join(folder, 'here'));
      const { code, err } = await create(STEP_UP, 'here');
      expect([code, err]).toEqual([
        1,
        `${join(folder, 'here')} exists: name a folder that does not, nothing was written`,
      ]);
      expect(await readdir(folder)).toEqual(['here']);
    });

    it('house: where nobody may write', async () => {
      const parent = join(folder, 'closed');
      await mkdir(parent);
      await chmod(parent, 0o555);
      // Who may do anything is refused by the kernel alone: nobody makes folders there.
      const place = process.getuid?.() === 0 ? '/proc' : parent;
      const { code, out, err } = await create(STEP_UP, join(place, 'here'));
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/here was not made: (?:you may not write there|there can be no folder there)$/);
      await chmod(parent, 0o755);
    });
  });

  it('house: what Kubernetes gets: probes, an identity that is a secret, a limit on who is talked to', async () => {
    await create(STEP_UP, 'here');
    const read = async (name: string) =>
      parseAllDocuments(await readFile(join(folder, `here/deploy/${name}.yaml`), 'utf8')).map((document) => {
        expect(document.errors).toEqual([]);
        return document.toJS();
      })[0];
    const { resources } = await read('kustomization');
    expect(resources).toEqual(['deployment.yaml', 'disruption-budget.yaml', 'network-policy.yaml']);
    const { replicas, template } = (await read('deployment')).spec;
    const [container] = template.spec.containers;
    expect(replicas).toBe(2);
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'health' });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'health' });
    expect(container.resources.requests).toEqual({ cpu: '100m', memory: '128Mi' });
    expect(template.spec.volumes[0].secret).toMatchObject({ secretName: 'step-up-grant', defaultMode: 0o440 });
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    const names = container.env.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['NATS_URL', 'NATS_NKEY_FILE', 'HEALTH_PORT', 'LOG_LEVEL', 'TICKET_KEY']);
    expect((await read('disruption-budget')).spec.selector.matchLabels).toEqual(template.metadata.labels);
    const { egress, podSelector, policyTypes } = (await read('network-policy')).spec;
    expect([podSelector.matchLabels, policyTypes]).toEqual([template.metadata.labels, ['Ingress', 'Egress']]);
    expect(egress.flatMap(({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port))).toEqual([
      4222, 53, 53,
    ]);
  });
});
