import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import { parse } from 'yaml';
import { SERVICES, STATEFUL, variablesOf } from './manifest-support.js';

interface ComposeService {
  readonly build?: { readonly dockerfile: string; readonly args: { readonly APP: string } };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly ports?: readonly string[];
  readonly entrypoint?: readonly string[];
}

const compose = parse(readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
};
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('house: builds every service from the one recipe; the grant host is there to be switched on', () => {
    const built = services.flatMap(([name, { build }]) => (build ? [[name, build.args.APP]] : []));
    const expected = SERVICES.filter((name) => name !== 'grant-host').map((name) => [name, name]);
    expect(built.sort()).toEqual([...expected, ['setup', 'admin']].sort());
    for (const [, { build }] of services)
      if (build) expect(existsSync(join(repositoryRoot, build.dockerfile))).toBe(true);
    expect(compose.services['setup']?.entrypoint?.join(' ')).toContain('node main.js migrate && node main.js apply');
  });

  it('house: only the gateway has a port, and it has neither key nor state', () => {
    expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['gateway']);
    const given = Object.keys(compose.services['gateway']?.environment ?? {});
    expect(given.filter((variable) => /DATABASE|MASTER_KEY/.test(variable))).toEqual([]);
  });

  it('house: nothing writes to its image, and nothing serves before the schema is there', () => {
    for (const [name, { build, read_only, depends_on }] of services) {
      if (!build || name === 'setup') continue;
      expect([name, read_only]).toEqual([name, true]);
      if (STATEFUL.includes(name)) expect(depends_on?.['setup']?.condition).toBe('service_completed_successfully');
    }
  });

  it('house: every variable is one that its service reads', async () => {
    for (const [name, { build, environment = {} }] of services) {
      if (!build || name === 'setup') continue;
      const known = await variablesOf(build.args.APP);
      expect([name, Object.keys(environment).filter((variable) => !known.has(variable))]).toEqual([name, []]);
    }
  });
});
