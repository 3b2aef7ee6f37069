import { BlockList, isIPv6 } from 'node:net';
import type { KubeObject, Labels } from './kube-objects.js';

/** Who connects, or is connected to: a pod, or an address outside of the cluster. */
export type Party =
  | { readonly namespace: string; readonly labels: Labels; readonly namespaceLabels?: Labels }
  | { readonly ip: string };

interface Selector {
  readonly matchLabels?: Labels;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly (Rule & { readonly from?: readonly Peer[] })[];
  readonly egress?: readonly (Rule & { readonly to?: readonly Peer[] })[];
}

interface Policy {
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/**
 * Whether the network policies let one reach the other at a TCP port: allowed to leave, and allowed to arrive. A pod that no policy of a
 * direction selects may do anything in it.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function mayReach(objects: readonly KubeObject[], from: Party, to: Party, port: number): boolean {
  const policies = objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? 'default', spec: spec as PolicySpec }));
  return mayPass(policies, 'Egress', from, to, port) && mayPass(policies, 'Ingress', to, from, port);
}

function mayPass(
  policies: readonly Policy[],
  direction: 'Ingress' | 'Egress',
  subject: Party,
  other: Party,
  port: number,
): boolean {
  if ('ip' in subject) return true;
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace &&
      spec.policyTypes.includes(direction) &&
      matches(spec.podSelector, subject.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) => {
    const rules =
      direction === 'Ingress'
        ? (spec.ingress ?? []).map((rule) => ({ ...rule, peers: rule.from }))
        : (spec.egress ?? []).map((rule) => ({ ...rule, peers: rule.to }));
    return rules.some(
      ({ ports, peers }) =>
        (ports ?? [{ port }]).some((one) => one.port === port && (one.protocol ?? 'TCP') === 'TCP') &&
        (peers === undefined || peers.some((peer) => isPeer(peer, namespace, other))),
    );
  });
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, home: string, other: Party): boolean {
  if ('ip' in other)
    return (
      ipBlock !== undefined &&
      isWithin(ipBlock.cidr, other.ip) &&
      !(ipBlock.except ?? []).some((cidr) => isWithin(cidr, other.ip))
    );
  if (ipBlock) return false;
  const itsNamespace = { 'kubernetes.io/metadata.name': other.namespace, ...other.namespaceLabels };
  const inNamespace = namespaceSelector ? matches(namespaceSelector, itsNamespace) : other.namespace === home;
  return inNamespace && matches(podSelector ?? {}, other.labels);
}

function matches({ matchLabels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function isWithin(cidr: string, ip: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if ((isIPv6(ip) ? 'ipv6' : 'ipv4') !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(ip, family);
}
