import { ENDPOINTS, Subject } from '@grantway/contracts';
import { CONTRACTS, GrantSubject } from '@grantway/grant-sdk/contract';
import { AUDIT_STREAM } from '@grantway/platform';
import type { GrantServer } from './nats-config.args.js';

/** What one service may do on the bus; everything else is refused. */
export interface BusUser {
  readonly name: string;
  /** Subjects it asks or tells. */
  readonly publish: readonly string[];
  /** Subjects it hears; `subject queue` where it shares them with its replicas and may listen in no other way. */
  readonly subscribe: readonly string[];
  /** It may answer whoever asked it. */
  readonly answers: boolean;
}

/** What a service does of its own accord; what it serves, and the inbox of one that asks, follow from it. */
interface Does {
  /** Subjects it asks; the answers reach its inbox. */
  readonly asks?: readonly string[];
  readonly tells?: readonly string[];
  readonly hears?: readonly string[];
  /** Slugs of the grants it serves by the remote-grant contract. */
  readonly grants?: readonly string[];
}

/** Every service of Grantway's own on the bus. One that asks or tells something new gets it here, or the server refuses it. */
const SERVICES: Readonly<Record<string, Does>> = {
  gateway: { asks: [...new Set(ENDPOINTS.map(({ subject }) => subject)), Subject.AllowOrigin] },
  authorize: {},
  token: {
    asks: decided('*'),
    tells: [GrantSubject.who, GrantSubject.refused('*')],
    hears: [GrantSubject.announced],
  },
  device: { grants: ['device-code'] },
  ciba: { asks: [Subject.BackchannelPush], grants: ['ciba'] },
};

/** Where a grant is asked: a subject for each version of the contract. */
function decided(slug: string): string[] {
  return [...CONTRACTS.keys()].map((contract) => GrantSubject.decide(slug, contract));
}

/** What the authorize service asks of JetStream where audit events are handed on: its one stream, and room in it. */
const AUDIT_STREAMS: Does = {
  asks: ['audit.v1.*', ...['INFO', 'CREATE'].map((verb) => `$JS.API.STREAM.${verb}.${AUDIT_STREAM}`)],
};

/** All users of the bus, with what each may do. */
export function busUsers(
  grantServers: readonly GrantServer[],
  { auditStream = false }: { readonly auditStream?: boolean } = {},
): BusUser[] {
  const all = auditStream ? { ...SERVICES, authorize: AUDIT_STREAMS } : SERVICES;
  const services = Object.entries(all).map(([name, does]) => userOf(name, does));
  return [...services, ...grantServers.map(({ name, slugs }) => userOf(name, { grants: slugs }))];
}

function userOf(name: string, { asks = [], tells = [], hears = [], grants = [] }: Does): BusUser {
  const serves = [
    ...servedBy(name),
    ...grants.flatMap((slug) => decided(slug).map((subject) => `${subject} grant-${slug}`)),
  ];
  return {
    name,
    publish: [...asks, ...tells, ...grants.map((slug) => GrantSubject.announce(slug))],
    subscribe: [
      ...serves,
      ...hears,
      ...(grants.length > 0 ? [GrantSubject.who] : []),
      ...grants.map((slug) => GrantSubject.refused(slug)),
      ...(asks.length > 0 ? [`_INBOX.${name}.>`] : []),
    ],
    answers: serves.length > 0,
  };
}

/** Subjects read `<room>.v1.<verb>`, and a room's replicas share a queue which is named as the room is. */
function servedBy(room: string): string[] {
  return Object.values(Subject)
    .filter((subject) => subject.startsWith(`${room}.`))
    .map((subject) => `${subject} ${room}`);
}
