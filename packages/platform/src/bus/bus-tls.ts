import type { NodeConnectionOptions } from '@nats-io/transport-node';

const DEMANDS_TLS = /^tls:\/\//i;

/**
 * What the client library is told of TLS. Left alone it follows the server, in the clear where the server says so: whoever sits
 * between could say it. So `tls://`, or a list of authorities, demands it.
 *
 * @param caFile PEM; read again at every connect. Absent: the authorities this Node trusts
 */
export function tlsOptions(url: string, caFile?: string): Pick<NodeConnectionOptions, 'tls'> {
  if (caFile) return { tls: { caFile } };
  return DEMANDS_TLS.test(url) ? { tls: {} } : {};
}
