import { quoted } from '../file-problem.js';
import { calledAddressFault } from './address.js';
import { entries } from './check.js';
import { Fault, Question, Rule } from './client-rule.js';

function* calledAddresses({ client, privateAddresses }: Question): Iterable<Fault> {
  const called = [
    [['jwksUri'], client.jwksUri],
    [['backchannel', 'notificationEndpoint'], client.backchannel?.notificationEndpoint],
  ] as const;
  for (const [path, url] of called) {
    const fault = calledAddressFault(url, privateAddresses);
    if (fault) yield [path, fault];
  }
}

/** People are sent there by what a device shows; like a redirect URI it is https, or on the person's own machine. */
function* visitedAddress({ client: { device } }: Question): Iterable<Fault> {
  if (device?.verificationUri === undefined) return;
  const { protocol, hostname } = new URL(device.verificationUri);
  if (protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    yield [['device', 'verificationUri'], 'uses http for a host that is not loopback'];
}

/** CIBA Core §4: ping and push have to know where to. */
function* deliveryWithAddress({ client: { backchannel }, has }: Question): Iterable<Fault> {
  const delivery = backchannel?.delivery;
  if ((delivery === 'ping' || delivery === 'push') && !has('backchannel', 'notificationEndpoint'))
    yield [['backchannel', 'delivery'], `${quoted(delivery)} needs notificationEndpoint`];
}

function* knownDelegators({ client, clients }: Question): Iterable<Fault> {
  for (const [index, id] of entries(client.exchange?.allowedDelegators)) {
    const fault = clients.fault(id);
    if (fault) yield [['exchange', 'allowedDelegators', index], `${quoted(id)} ${fault}`];
  }
}

export const POLICY_RULES: readonly Rule[] = [calledAddresses, visitedAddress, deliveryWithAddress, knownDelegators];
