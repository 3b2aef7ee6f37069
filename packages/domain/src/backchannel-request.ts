import { Authorization } from './authorization.js';
import { BackchannelDelivery } from './client.js';

export interface NewBackchannelRequest {
  readonly environmentId: string;
  readonly clientId: string;
  /** The hinted user. */
  readonly userId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly acrValues: readonly string[];
  readonly bindingMessage?: string;
  readonly delivery: BackchannelDelivery;
  /** Ping and push: the bearer token of the notification, sealed by {@link SecretBox}. */
  readonly sealedNotificationToken?: string;
  /** Ping and push: seals the `auth_req_id`, which the notification repeats and nothing else may keep. */
  readonly seal?: (authReqId: string) => string;
  /** Seconds. */
  readonly lifetime: number;
  /** Seconds. */
  readonly interval: number;
}

/** A request as the person sees it who is asked. */
export interface BackchannelRequest {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  readonly bindingMessage?: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The same once it may be over. */
export interface AnsweredRequest extends BackchannelRequest {
  readonly state: 'pending' | 'approved' | 'denied' | 'expired';
}

/** What a poll finds; a forgotten state does not compile. */
export type BackchannelPoll =
  | { readonly state: 'unknown' }
  /** CIBA Core §11: a push client does not poll. */
  | { readonly state: 'push' }
  | { readonly state: 'expired' }
  | { readonly state: 'denied' }
  | { readonly state: 'pending'; readonly tooSoon: boolean; readonly interval: number }
  | { readonly state: 'approved'; readonly id: string; readonly authorization: Authorization }
  /** `ago` in milliseconds of the database's clock. */
  | { readonly state: 'spent'; readonly authorizationId: string; readonly ago: number };

/** A ping or push that is to be made (design section 4.8). */
export interface BackchannelNotification {
  readonly id: string;
  readonly environmentId: string;
  readonly clientId: string;
  readonly delivery: 'ping' | 'push';
  readonly outcome: 'approved' | 'denied' | 'expired';
  readonly sealedAuthReqId: string;
  readonly sealedNotificationToken: string;
}

/** What became of an attempt to notify; `trouble` holds no secret. */
export type NotificationResult =
  | { readonly delivered: true }
  | { readonly delivered: false; readonly trouble: string; readonly givenUp: boolean };

/** An approved request whose tokens are to be pushed. */
export interface ApprovedPush {
  readonly id: string;
  readonly clientId: string;
  readonly authorization: Authorization;
  /** Set once tokens were minted from it; a push that has to be repeated mints from the same authorization. */
  readonly authorizationId?: string;
}

/** The task of the job that makes a {@link BackchannelNotification}; its payload is a {@link BackchannelJob}. */
export const BACKCHANNEL_TASK = 'backchannel-notification';

export interface BackchannelJob {
  readonly environmentId: string;
  readonly id: string;
}

export abstract class BackchannelRequests {
  /**
   * @param most open requests one user may have (CB-02), and one client
   * @returns the `auth_req_id`, or why there is none
   */
  abstract start(
    request: NewBackchannelRequest,
    most: { readonly perUser: number; readonly perClient: number },
  ): Promise<{ readonly id: string; readonly authReqId: string } | { readonly refused: 'too_many_pending' }>;

  /** Undecided and unexpired requests for this user, oldest first. */
  abstract pendingFor(environmentId: string, userId: string): Promise<readonly BackchannelRequest[]>;

  /** In any state; undefined when unknown or about somebody else. */
  abstract find(environmentId: string, id: string, userId: string): Promise<AnsweredRequest | undefined>;

  /** One write, as for devices. */
  abstract poll(environmentId: string, authReqId: string, clientId: string): Promise<BackchannelPoll>;

  /**
   * The hinted user's answer, once; false for anybody else's, and when it was decided or expired before (CB-08).
   * A ping or push is enqueued by the same statement (I7).
   */
  abstract decide(
    environmentId: string,
    id: string,
    userId: string,
    approved: Authorization | undefined,
  ): Promise<boolean>;

  /** Undefined when there is nothing to tell (any more): unknown, undecided in time, delivered or given up. */
  abstract notification(environmentId: string, id: string): Promise<BackchannelNotification | undefined>;

  abstract recordNotification(environmentId: string, id: string, result: NotificationResult): Promise<void>;

  /** Undefined when unknown, not approved, or not to be pushed. */
  abstract approvedPush(environmentId: string, authReqId: string): Promise<ApprovedPush | undefined>;
}
