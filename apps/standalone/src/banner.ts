import { EnvironmentConfig } from '@grantway/domain';
import { PLAYGROUND } from './playground.js';

/** What somebody who just started this needs next; with the demo file (`isDemo`) the `curl` line works as it stands. */
export function banner(publicUrl: string, environments: readonly EnvironmentConfig[], isDemo: boolean): string {
  const issuers = environments.map(({ environment }) => `${publicUrl}/${environment.id}/as`);
  const rows = [
    ...issuers.map((issuer) => ['Issuer', issuer] as const),
    ...(isDemo ? demoRows(publicUrl, issuers[0] ?? '') : []),
  ];
  const table = rows.map(([what, value]) => `  ${what.padEnd(11)} ${value}`).join('\n');
  return `\nGrantway is ready.\n\n${table}\n\nCtrl-C stops it; data and keys stay.\n`;
}

function demoRows(publicUrl: string, issuer: string): (readonly [string, string])[] {
  return [
    ['Demo user', 'ada, with the password "correct horse"'],
    ['Try it', `${publicUrl}${PLAYGROUND.path}`],
    ['A token', `curl -u service:demo-secret -d grant_type=client_credentials ${issuer}/token`],
  ];
}
