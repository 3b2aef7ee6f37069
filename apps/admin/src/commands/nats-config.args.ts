import { parseArgs } from 'node:util';
import { SLUG } from '@grantway/grant-sdk/contract';
import { BadInput } from './hash.command.js';
import { OWN_GRANTS } from './own-grants.js';
import { WrongCall } from './service-account.args.js';

/** Whoever may serve grants: a service of one grant, or a grant host of several. */
export interface GrantServer {
  /** `grant-<slug>` or `host-<name>`. */
  readonly name: string;
  readonly slugs: readonly string[];
}

export interface NatsConfigCall {
  /** As it was said. */
  readonly folder: string;
  readonly grantServers: readonly GrantServer[];
  /** Audit events are handed on to a stream. */
  readonly auditStream: boolean;
}

const NATS_CONFIG_ARGUMENT = 'FOLDER [--grants SLUG,…] [--host NAME=SLUG,…] [--audit-stream]';
const USAGE = `npm run grantway -- nats-config ${NATS_CONFIG_ARGUMENT}`;

/**
 * @throws WrongCall when it is not called so
 * @throws BadInput naming every slug and host that cannot be
 */
export function readNatsConfigCall(args: readonly string[]): NatsConfigCall {
  const { folder, grants, hosts, auditStream } = parsed(args);
  const grantServers: GrantServer[] = [
    ...grants.map((slug) => ({ name: `grant-${slug}`, slugs: [slug] })),
    ...hosts.map(({ name, slugs }) => ({ name: `host-${name}`, slugs })),
  ];
  const problems = [
    ...badHosts(hosts),
    ...badSlugs(grantServers.flatMap(({ slugs }) => slugs)),
    ...grants.flatMap((slug) => ourOwn(slug, false)),
    ...hosts.flatMap(({ slugs }) => slugs.flatMap((slug) => ourOwn(slug, true))),
  ];
  if (problems.length > 0)
    throw new BadInput(`Nothing was written:\n${problems.map((each) => `  ${each}`).join('\n')}`);
  return { folder, grantServers, auditStream };
}

interface Host {
  readonly name: string;
  readonly slugs: readonly string[];
}

function parsed(args: readonly string[]): { folder: string; grants: string[]; hosts: Host[]; auditStream: boolean } {
  const list = { type: 'string', multiple: true } as const;
  let call: { values: { grants?: string[]; host?: string[]; 'audit-stream'?: boolean }; positionals: string[] };
  const options = { grants: list, host: list, 'audit-stream': { type: 'boolean' } } as const;
  try {
    call = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    throw new WrongCall(USAGE);
  }
  const [folder, ...more] = call.positionals;
  const hosts = call.values.host ?? [];
  if (!folder || more.length > 0 || hosts.some((host) => !host.includes('='))) throw new WrongCall(USAGE);
  const auditStream = call.values['audit-stream'] === true;
  return { folder, grants: (call.values.grants ?? []).flatMap(listOf), hosts: hosts.map(hostOf), auditStream };
}

function hostOf(text: string): Host {
  const [name = '', slugs = ''] = text.split(/=(.*)/s);
  return { name, slugs: listOf(slugs) };
}

function badHosts(hosts: readonly Host[]): string[] {
  const twice = repeated(hosts.map(({ name }) => name)).map((name) => `host ${name}: named twice`);
  const bad = hosts.filter(({ name }) => !SLUG.test(name)).map(({ name }) => `host "${name}": ${SHAPE}`);
  const idle = hosts.filter(({ slugs }) => slugs.length === 0).map(({ name }) => `host ${name}: serves no grant`);
  return [...twice, ...bad, ...idle];
}

const SHAPE = 'must be 1 to 40 of a-z, 0-9 and -, with a letter or digit first and last';

function badSlugs(slugs: readonly string[]): string[] {
  const twice = repeated(slugs).map((slug) => `${slug}: named twice; a grant has one identity that may serve it`);
  const bad = slugs.filter((slug) => !SLUG.test(slug)).map((slug) => `"${slug}": ${SHAPE}`);
  return [...twice, ...bad];
}

/** An identity for it would let somebody else answer for one of our grants. */
function ourOwn(slug: string, inHost: boolean): string[] {
  const served = OWN_GRANTS.get(slug);
  if (served === undefined || (inHost && served === 'token or host')) return [];
  if (served === 'token') return [`${slug}: a grant of Grantway's own, which runs in the token service alone`];
  if (served === 'token or host') {
    return [
      `${slug}: a grant of Grantway's own: outside of the token service it runs in a grant host (--host NAME=${slug})`,
    ];
  }
  return [`${slug}: served by Grantway's own ${served} service, which has its identity`];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
