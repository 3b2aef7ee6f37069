import { EnvironmentConfig } from '@grantway/domain';
import { PLAYGROUND } from './playground.js';

/** What somebody who just started this needs next; in the demo environment the `curl` line works as it stands. */
export function banner(publicUrl: string, environments: readonly EnvironmentConfig[]): string {
  const rows = environments.flatMap((config): [string, string][] => {
    const issuer = `${publicUrl}/${config.environment.id}/as`;
    return config.environment.id === PLAYGROUND.environment
      ? [
          ['Issuer', issuer],
          ['Demo user', 'ada, with the password "correct horse"'],
          ['Try it', `${publicUrl}${PLAYGROUND.path}`],
          ['A token', `curl -u service:demo-secret -d grant_type=client_credentials ${issuer}/token`],
        ]
      : [['Issuer', issuer]];
  });
  const table = rows.map(([what, value]) => `  ${what.padEnd(11)} ${value}`).join('\n');
  return `\nGrantway is ready.\n\n${table}\n\nCtrl-C stops it; data and keys stay.\n`;
}
