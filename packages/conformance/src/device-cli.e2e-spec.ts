import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@grantway/local-services';
import { answerDevice, deviceTenant, enterCode } from './support/device.js';
import { Tenant } from './support/environments.js';
import { eventually } from './support/eventually.js';
import { everywhere } from './support/everywhere.js';
import { request } from './support/http.js';

const SCRIPT = join(repositoryRoot, 'examples/device-cli/cli.mjs');

/** The example program, run as somebody would who pipes its output. */
class Program {
  readonly #process: ChildProcess;
  text = '';

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [SCRIPT, ...args], {
      env: { ...process.env, ...env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk) => {
        this.text += String(chunk);
      });
    }
    this.exit = once(this.#process, 'exit').then(([code]) => code as number | null);
  }

  readonly exit: Promise<number | null>;

  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  /** What it shows, once it shows it. */
  async shown(line: RegExp): Promise<string> {
    const found = await eventually(
      async () => line.exec(this.text)?.[1],
      (text) => text !== undefined,
      15,
    );
    if (found === undefined) throw new Error(`the program said: ${this.text}`);
    return found;
  }
}

describe('examples/device-cli', () => {
  let tenant: Tenant;
  /** Without devices. */
  let plain: Tenant;

  beforeAll(async () => {
    plain = await Tenant.create();
    tenant = await deviceTenant((file) => {
      for (const client of file.clients) {
        if (client.id === 'tv' || client.id === 'console') client.device = { ...client.device, interval: 1 };
      }
    });
    const discovery = () => request(`${tenant.issuer}/.well-known/openid-configuration`);
    await everywhere(discovery, (answer) => answer.text.includes('device_authorization_endpoint'));
  });

  const run = (args: string[] = [], env: Record<string, string> = {}, clientId = 'tv') =>
    new Program(['--issuer', tenant.issuer, '--client-id', clientId, ...args], env);

  async function decide(program: Program, accept: boolean): Promise<void> {
    const started = {
      verification_uri: await program.shown(/Open +(\S+)/),
      user_code: await program.shown(/Enter +(\S+)/),
      ...{ device_code: '', expires_in: 0, interval: 0 },
    };
    const person = tenant.person();
    await answerDevice(person, await enterCode(person, started), accept);
  }

  it('RFC 8628 §1 a person allows it elsewhere: it says who signed on and what was allowed, and nothing secret', async () => {
    const program = run();
    await decide(program, true);
    expect([await program.exit, program.text]).toEqual([0, expect.stringContaining('Signed on as Ada Lovelace')]);
    expect(program.text).toContain('openid profile offline_access');
    expect(program.text).toContain('Refresh token  yes');
    expect(program.text).not.toMatch(/gw\w\w_|eyJ/);
    expect(program.text).not.toContain('\u001b');
  });

  it('DV-07 a confidential client takes its secret from the environment', async () => {
    const { secret = '' } = tenant.client('console');
    const program = run(['--scope', 'openid'], { DEVICE_CLIENT_SECRET: secret }, 'console');
    await decide(program, true);
    expect([await program.exit, program.text]).toEqual([0, expect.stringContaining('Refresh token  no')]);
    const without = run(['--scope', 'openid'], {}, 'console');
    expect([await without.exit, without.text]).toEqual([1, expect.stringContaining('does not know this client')]);
  });

  it('D4 the person says no', async () => {
    const program = run();
    await decide(program, false);
    expect([await program.exit, program.text]).toEqual([1, expect.stringContaining('You said no')]);
  });

  it('house: Ctrl-C stops the waiting', async () => {
    const program = run();
    await program.shown(/(Waiting)/);
    program.interrupt();
    expect([await program.exit, program.text]).toEqual([
      130,
      expect.stringContaining('Stopped. This device got nothing.'),
    ]);
  });

  it.each([
    ['no issuer', [], 2, '--issuer is missing'],
    ['no client', ['--issuer', 'http://localhost:65533/demo/as'], 2, '--client-id is missing'],
    ['an unknown option', ['--isuer', 'x'], 2, 'Usage:'],
    ['nobody there', ['--issuer', 'http://localhost:65533/demo/as', '--client-id', 'tv'], 1, 'cannot be reached'],
    ['plain http to elsewhere', ['--issuer', 'http://login.example/as', '--client-id', 'tv'], 1, 'Only https'],
    ['help', ['--help'], 0, 'Usage:'],
  ])('house: %s', async (_what, args, code, words) => {
    const program = new Program(args);
    expect([await program.exit, program.text]).toEqual([code, expect.stringContaining(words)]);
    expect(program.text).not.toMatch(/\n\s+at /);
  });

  it('house: what others wrote moves no cursor', async () => {
    const { Screen } = await import(join(repositoryRoot, 'examples/device-cli/screen.mjs'));
    let text = '';
    const screen = new Screen({ write: (words: string) => (text += words) });
    const evil = '\u001b[2J\u202eevil\r\u0007';
    const code = { user_code: evil, verification_uri: `https://login.example/${evil}` };
    screen.showCode(code, { qr: false });
    screen.showResult({ user: { sub: evil, name: evil }, scope: evil, refreshable: false });
    screen.trouble(`${evil}\nUsage`);
    expect(text).toContain('https://login.example/[2Jevil');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it('D1 a scope the client has not, and an issuer without devices', async () => {
    const refused = run(['--scope', 'nonsense']);
    expect([await refused.exit, refused.text]).toEqual([1, expect.stringContaining('invalid_scope')]);
    const program = new Program(['--issuer', plain.issuer, '--client-id', 'spa']);
    expect([await program.exit, program.text]).toEqual([1, expect.stringContaining('does not offer device codes')]);
  });
});
