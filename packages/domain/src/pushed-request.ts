/** An authorization request that was pushed and every check has passed, as the parameters that count (RFC 9126 §2). */
export interface PushedRequest {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  /** Every value of every parameter; without client authentication. */
  readonly params: Readonly<Record<string, readonly string[]>>;
}

export interface NewPushedRequest extends Omit<PushedRequest, 'id'> {
  /** Seconds. */
  readonly lifetime: number;
}

export const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';

export abstract class PushedRequests {
  /** @returns the `request_uri`, REQUEST_URI_PREFIX and a handle */
  abstract push(request: NewPushedRequest): Promise<string>;

  /** Undefined when unknown, malformed, another environment's, expired or used; reading does not use it (PR-01). */
  abstract find(environmentId: string, requestUri: string): Promise<PushedRequest | undefined>;
}
