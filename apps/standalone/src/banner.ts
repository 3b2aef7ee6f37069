import { PLAYGROUND } from './playground.js';

/** What a newcomer needs next; the `curl` line works as it stands. */
export function banner(publicUrl: string): string {
  const issuer = `${publicUrl}/${PLAYGROUND.environment}/as`;
  return `
Grantway is ready.

  Issuer      ${issuer}
  Demo user   ada, password "correct horse"
  Try it      ${publicUrl}${PLAYGROUND.path}
  A token     curl -u service:demo-secret -d grant_type=client_credentials ${issuer}/token

Ctrl-C stops it; data and keys stay.
`;
}
