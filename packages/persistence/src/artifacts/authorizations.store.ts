import {
  Authorizations,
  type NewAuthorization,
  type OnceArtifact,
  type Redeemable,
  type SpentOnce,
  type StoredAuthorization,
  type TokenFamily,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import type { GatheredStatement } from '../database/gathered-statement.js';
import { isUuid } from '../database/values.js';
import { type AuthorizationRow, toAuthorization } from './authorization-columns.js';
import { recordValues } from './authorization-record.js';
import {
  FIND,
  FIND_FAMILY,
  FIND_SUCCESSOR,
  IS_LIVE,
  RECORD,
  RECORD_DERIVED,
  REDEEM_BACKCHANNEL_REQUEST,
  REDEEM_CODE,
  REDEEM_DEVICE_CODE,
  REVOKE,
  ROTATE,
} from './authorizations.statements.js';
import { findSpent, redeemOnce } from './spent-artifacts.js';

interface StoredRow extends AuthorizationRow {
  readonly client_id: string;
  readonly offline: boolean;
  readonly created_at: Date;
  readonly revoked: boolean;
  /** Asked for where exchanges are. */
  readonly derivation_depth?: number;
}

interface FamilyRow extends StoredRow {
  readonly generation: number;
  readonly salt: Uint8Array;
  readonly since_rotation: number;
  readonly expired: boolean;
  readonly session_live: boolean;
}

@Injectable()
export class PostgresAuthorizations extends Authorizations {
  constructor(private readonly database: Database) {
    super();
  }

  async redeem(artifact: Redeemable, authorization: NewAuthorization): Promise<string | undefined> {
    if ('once' in artifact) return redeemOnce(this.database, artifact.once, authorization);
    const [spending, artifactId] = spendingOf(artifact);
    if (!isUuid(artifactId)) return undefined;
    const id = uuidv7();
    return (await this.database.call(spending, [artifactId, ...recordValues(id, authorization)])) && id;
  }

  findSpent(environmentId: string, artifact: OnceArtifact): Promise<SpentOnce | undefined> {
    return findSpent(this.database, environmentId, artifact);
  }

  async record(authorization: NewAuthorization): Promise<string> {
    const id = uuidv7();
    const values = recordValues(id, authorization);
    const { derivedFrom } = authorization;
    await (derivedFrom === undefined
      ? this.database.call(RECORD, values)
      : this.database.call(RECORD_DERIVED, [...values, derivedFrom]));
    return id;
  }

  async find(environmentId: string, id: string): Promise<StoredAuthorization | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await this.database.call<StoredRow>(FIND, [id, environmentId]);
    return row && toStored(environmentId, id, row);
  }

  async findFamily(environmentId: string, id: string): Promise<TokenFamily | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await this.database.call<FamilyRow>(FIND_FAMILY, [id, environmentId]);
    if (!row) return undefined;
    return {
      ...toStored(environmentId, id, row),
      generation: row.generation,
      salt: row.salt,
      sinceRotation: row.since_rotation,
      expired: row.expired,
      sessionLive: row.session_live,
    };
  }

  async rotate(
    id: string,
    generation: number,
    { grace, idle }: { grace: number; idle: number },
  ): Promise<number | undefined> {
    if (!isUuid(id)) return undefined;
    const rotated = await this.database.call<{ generation: number }>(ROTATE, [id, generation, idle]);
    if (rotated || grace <= 0) return rotated?.generation;
    const successor = await this.database.call<{ generation: number }>(FIND_SUCCESSOR, [id, generation, grace]);
    return successor?.generation;
  }

  async revoke(environmentId: string, id: string): Promise<void> {
    if (isUuid(id)) await this.database.execute(REVOKE, [id, environmentId]);
  }

  async isLive(environmentId: string, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const row = await this.database.call<{ live: boolean | null }>(IS_LIVE, [id, environmentId]);
    return row?.live === true;
  }
}

/** How an artifact is spent; every kind has its own statement, so that none can be spent as another (CO-10). */
function spendingOf(artifact: Exclude<Redeemable, { once: OnceArtifact }>): [spending: GatheredStatement, id: string] {
  if ('authorizationCode' in artifact) return [REDEEM_CODE, artifact.authorizationCode];
  if ('deviceCode' in artifact) return [REDEEM_DEVICE_CODE, artifact.deviceCode];
  return [REDEEM_BACKCHANNEL_REQUEST, artifact.backchannelRequest];
}

function toStored(environmentId: string, id: string, row: StoredRow): StoredAuthorization {
  return {
    ...toAuthorization(row),
    id,
    environmentId,
    clientId: row.client_id,
    createdAt: row.created_at,
    revoked: row.revoked,
    offline: row.offline,
    ...(row.derivation_depth && { derivationDepth: row.derivation_depth }),
  };
}
