import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot, runAdmin } from '@grantway/local-services';

const run = promisify(execFile);

/** What npm and a team's own tests are given of our environment: nothing that is about this repository or this test run. */
export function foreignEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(?:npm_(?!config_(?:registry|cache|userconfig|.*proxy|ca.*|strict_ssl|.*offline)$)|INIT_CWD$|NODE_(?!EXTRA_CA_CERTS$)|JEST_|GRANTWAY_|DATABASE_URL$|NATS_|PUBLIC_URL$|PORT$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** Runs a program to its end. @throws Error with all it said, when it fails */
export async function done(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const options = { cwd, env: { ...foreignEnvironment(), ...env }, maxBuffer: 16 * 1024 ** 2 };
  try {
    return (await run(file, args, options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout}\n${stderr}\n${String(error).slice(0, 300)}`);
  }
}

/** A team of the company, with a repository of its own: a grant as `create-grant` writes it, installed from the packed sdk. */
export class Team {
  readonly ticketKey = randomBytes(32).toString('base64url');

  private constructor(private readonly home: string) {}

  static async found(type: string): Promise<Team> {
    const home = await mkdtemp(join(process.env['GRANTWAY_TEST_DIR'] ?? tmpdir(), 'team-'));
    const team = new Team(home);
    const sdk = (
      await done(process.execPath, [join(repositoryRoot, 'packages/grant-sdk/pack.mjs'), home], home)
    ).trim();
    await runAdmin(['create-grant', type, team.folder, '--sdk', sdk], {});
    await done('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], team.folder);
    return team;
  }

  get folder(): string {
    return join(this.home, 'grant');
  }

  get script(): string {
    return join(this.folder, 'dist/main.js');
  }

  test(): Promise<string> {
    return done('npm', ['test'], this.folder);
  }

  /** @throws Error with what the compiler says */
  async compile(...options: string[]): Promise<void> {
    await done('npm', ['exec', '--offline', '--', 'tsc', ...options], this.folder);
  }

  /** What signs tickets, as the team built it. */
  async tickets(): Promise<{ sign(ticket: object): string }> {
    const { Tickets } = await import(join(this.folder, 'dist/tickets.js'));
    return new Tickets(this.ticketKey);
  }

  disband(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }
}
