import 'reflect-metadata';
import { GrantHandler } from './grant-handler.js';

/** What a grant says of itself, once: the pipeline, discovery and the bus go by it. */
export interface GrantOptions<Params> {
  /** Its `grant_type`. */
  readonly type: string;
  /** Its own parameters by their wire names; `scope`, `resource` and client authentication are the pipeline's. */
  readonly params: new () => Params;
  /**
   * `confidential` refuses public clients with `unauthorized_client` (C1). `named-by-grant`: what is redeemed says whose it is,
   * so clients need not authenticate (RFC 7521 §4.1); needs {@link GrantHandler.clientOf}.
   */
  readonly clients: 'any' | 'confidential' | 'named-by-grant';
  /**
   * Its name on the bus, where it runs outside the token service: what the last segment of its type makes, `step-up` of
   * `urn:acme:params:oauth:grant-type:step-up`. Left out, it is that.
   */
  readonly slug?: string;
  /** The one kind of artifact it may name to be spent. */
  readonly spends?: RemoteSpend;
  /** What discovery says beside its type while it is served. */
  readonly metadata?: MetadataAdditions;
}

/** Kinds of artifact whose owner may live outside the token service; `once` is for a team's own. */
export const REMOTE_SPENDS = ['deviceCode', 'backchannelRequest', 'once'] as const;
export type RemoteSpend = (typeof REMOTE_SPENDS)[number];

/**
 * What a grant adds to discovery while it is served (RFC 8414 §2), at most 32 names. Each begins with the grant's slug, with `_` for
 * `-` (adr/0003), so that no two grants claim one name.
 */
export interface MetadataAdditions {
  /** Endpoints as paths below the issuer: `{ device_authorization_endpoint: '/device_authorization' }`. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Capabilities: `{ backchannel_token_delivery_modes_supported: ['poll', 'ping'] }`. */
  readonly values?: Readonly<Record<string, boolean | string | readonly string[]>>;
}

const GRANT = Symbol.for('grantway:grant');

/** Makes a class a grant. Typed, so a handler whose params are of another class does not compile. */
export function Grant<Params extends object>(options: GrantOptions<Params>) {
  return <T extends new (...args: never[]) => GrantHandler<Params>>(type: T): T => {
    Reflect.defineMetadata(GRANT, options, type);
    return type;
  };
}

/** What `@Grant` said about a class, or undefined when it is no grant. */
export function grantOptions(type: object): GrantOptions<object> | undefined {
  return Reflect.getMetadata(GRANT, type);
}
