import {
  type AnsweredRequest,
  type ApprovedPush,
  type Authorization,
  type BackchannelNotification,
  type BackchannelPoll,
  type BackchannelRequest,
  BackchannelRequests,
  HandlePrefix,
  hashSecret,
  type NewBackchannelRequest,
  type NotificationResult,
  newHandle,
  parseHandle,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { given, isUuid } from '../database/values.js';
import { type AuthorizationRow, authorizationValues, toAuthorization } from './authorization-columns.js';
import {
  APPROVE,
  APPROVED_PUSH,
  DENY,
  FIND,
  NOTIFICATION,
  PENDING,
  POLL,
  RECORD_NOTIFICATION,
  START,
} from './backchannel-requests.statements.js';

interface AskedRow {
  readonly id: string;
  readonly client_id: string;
  readonly asked_scope: string[];
  readonly asked_resources: string[];
  readonly binding_message: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

interface PolledRow extends AuthorizationRow {
  readonly state: BackchannelPoll['state'];
  readonly too_soon: boolean;
  readonly interval: number;
  readonly authorization_id: string | null;
  readonly spent_ago: number | null;
}

interface NotificationRow {
  readonly client_id: string;
  readonly delivery: 'ping' | 'push';
  readonly outcome: BackchannelNotification['outcome'];
  readonly sealed_auth_req_id: string | null;
  readonly sealed_notification_token: string | null;
}

interface PushRow extends AuthorizationRow {
  readonly client_id: string;
  readonly authorization_id: string | null;
}

@Injectable()
export class PostgresBackchannelRequests extends BackchannelRequests {
  constructor(private readonly database: Database) {
    super();
  }

  async start(
    request: NewBackchannelRequest,
    most: { readonly perUser: number; readonly perClient: number },
  ): ReturnType<BackchannelRequests['start']> {
    const { id, handle, secretHash } = newHandle(HandlePrefix.BackchannelRequest);
    const started = await this.database.query(START, [
      id,
      request.environmentId,
      request.clientId,
      request.userId,
      secretHash,
      [...request.scope],
      [...request.resources],
      [...request.acrValues],
      request.bindingMessage ?? null,
      request.delivery,
      request.sealedNotificationToken ?? null,
      request.seal?.(handle) ?? null,
      request.lifetime,
      request.interval,
      most.perUser,
      most.perClient,
    ]);
    return started.length === 1 ? { id, authReqId: handle } : { refused: 'too_many_pending' };
  }

  async pendingFor(environmentId: string, userId: string): Promise<readonly BackchannelRequest[]> {
    const rows = await this.database.query<AskedRow>(PENDING, [environmentId, userId]);
    return rows.map((row) => toRequest(environmentId, userId, row));
  }

  async find(environmentId: string, id: string, userId: string): Promise<AnsweredRequest | undefined> {
    if (!isUuid(id)) return undefined;
    type Found = AskedRow & Pick<AnsweredRequest, 'state'>;
    const [row] = await this.database.query<Found>(FIND, [id, environmentId, userId]);
    return row && { ...toRequest(environmentId, userId, row), state: row.state };
  }

  async poll(environmentId: string, authReqId: string, clientId: string): Promise<BackchannelPoll> {
    const handle = parseHandle(HandlePrefix.BackchannelRequest, authReqId);
    if (!handle) return { state: 'unknown' };
    const { id, secret } = handle;
    const [row] = await this.database.query<PolledRow>(POLL, [id, environmentId, clientId, hashSecret(secret)]);
    return row ? toPoll(id, row) : { state: 'unknown' };
  }

  async decide(
    environmentId: string,
    id: string,
    userId: string,
    approved: Authorization | undefined,
  ): Promise<boolean> {
    if (!isUuid(id)) return false;
    const rows = approved
      ? await this.database.query(APPROVE, [id, environmentId, userId, ...authorizationValues(approved)])
      : await this.database.query(DENY, [id, environmentId, userId]);
    return rows.length === 1;
  }

  async notification(environmentId: string, id: string): Promise<BackchannelNotification | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<NotificationRow>(NOTIFICATION, [id, environmentId]);
    if (!row) return undefined;
    return {
      id,
      environmentId,
      clientId: row.client_id,
      delivery: row.delivery,
      outcome: row.outcome,
      // Both are there for every ping and push: the start needs them.
      sealedAuthReqId: row.sealed_auth_req_id ?? '',
      sealedNotificationToken: row.sealed_notification_token ?? '',
    };
  }

  async recordNotification(environmentId: string, id: string, result: NotificationResult): Promise<void> {
    if (!isUuid(id)) return;
    const trouble = result.delivered ? null : result.trouble;
    const givenUp = !result.delivered && result.givenUp;
    await this.database.execute(RECORD_NOTIFICATION, [id, environmentId, result.delivered, givenUp, trouble]);
  }

  async approvedPush(environmentId: string, authReqId: string): Promise<ApprovedPush | undefined> {
    const handle = parseHandle(HandlePrefix.BackchannelRequest, authReqId);
    if (!handle) return undefined;
    const { id, secret } = handle;
    const [row] = await this.database.query<PushRow>(APPROVED_PUSH, [id, environmentId, hashSecret(secret)]);
    if (!row) return undefined;
    return {
      id,
      clientId: row.client_id,
      authorization: toAuthorization(row),
      ...given('authorizationId', row.authorization_id),
    };
  }
}

function toRequest(environmentId: string, userId: string, row: AskedRow): BackchannelRequest {
  return {
    id: row.id,
    environmentId,
    clientId: row.client_id,
    userId,
    scope: row.asked_scope,
    resources: row.asked_resources,
    ...given('bindingMessage', row.binding_message),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

function toPoll(id: string, row: PolledRow): BackchannelPoll {
  switch (row.state) {
    case 'pending':
      return { state: 'pending', tooSoon: row.too_soon, interval: row.interval };
    case 'approved':
      return { state: 'approved', id, authorization: toAuthorization(row) };
    case 'spent':
      // Both were written by the statement that spent it (authorization_redeem_backchannel_request).
      return { state: 'spent', authorizationId: row.authorization_id ?? '', ago: row.spent_ago ?? 0 };
    default:
      return { state: row.state };
  }
}
