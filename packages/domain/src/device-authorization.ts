import { Authorization } from './authorization.js';

/** As a person may type a code, with whatever stands around and in it; no code itself is nearly as long. */
export const LONGEST_USER_CODE = 64;

export interface NewDeviceAuthorization {
  readonly environmentId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  /** The user code's keyed hash; the code itself is not stored. */
  readonly userCodeHash: Uint8Array;
  /** Seconds. */
  readonly lifetime: number;
  /** Seconds. */
  readonly interval: number;
  /** DV-08: the poll must bring the verifier. */
  readonly codeChallenge?: string;
}

/** A device's request as the person sees it who decides about it. */
export interface DeviceAuthorization {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
}

/** What a poll finds; a forgotten state does not compile. */
export type DevicePoll =
  | { readonly state: 'unknown' }
  | { readonly state: 'expired' }
  | { readonly state: 'denied' }
  /** RFC 8628 §3.5: polling too soon widened the interval for good. */
  | { readonly state: 'pending'; readonly tooSoon: boolean; readonly interval: number }
  | {
      readonly state: 'approved';
      readonly id: string;
      readonly authorization: Authorization;
      readonly codeChallenge?: string;
    }
  /** `ago` in milliseconds of the database's clock. */
  | { readonly state: 'spent'; readonly authorizationId: string; readonly ago: number };

/** RFC 8628 §3.5. Seconds. */
export const SLOW_DOWN_STEP = 5;

export abstract class DeviceAuthorizations {
  /**
   * @param mostPending undecided requests one client may have (DV-07)
   * @returns the device code; or why there is none: draw another user code, or the client has too many open
   */
  abstract start(
    request: NewDeviceAuthorization,
    mostPending: number,
  ): Promise<{ readonly deviceCode: string } | { readonly refused: 'user_code_taken' | 'too_many_pending' }>;

  /** The undecided, unexpired request with this user code. */
  abstract findByUserCode(environmentId: string, userCodeHash: Uint8Array): Promise<DeviceAuthorization | undefined>;

  /** Undecided and unexpired; undefined otherwise. */
  abstract find(environmentId: string, id: string): Promise<DeviceAuthorization | undefined>;

  /** One write: reads the state and counts the poll. Another client's device code is unknown, and its poll counts nothing. */
  abstract poll(environmentId: string, deviceCode: string, clientId: string): Promise<DevicePoll>;

  /** The person's answer, once; false when it was decided or expired before. A refusal is `undefined`. */
  abstract decide(environmentId: string, id: string, approved: Authorization | undefined): Promise<boolean>;
}
