import {
  type AnswerGrounds,
  AuthorizationAnswers,
  HandlePrefix,
  type IssuedAnswer,
  type NewAnswer,
  newHandle,
} from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { isUuid } from '../database/values.js';
import { AUTHORIZATION_COLUMNS, authorizationValues } from './authorization-columns.js';

const CODE_COLUMNS = `
    (id, environment_id, client_id, secret_hash,
     ${AUTHORIZATION_COLUMNS},
     redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)`;

// The usual answer, where nothing has to be closed for it.
const CODE = statement(
  'answer_code',
  `
  INSERT INTO authorization_code${CODE_COLUMNS}
  VALUES ($3, $1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, now() + make_interval(secs => $17))`,
);

// Of answers that finish one flow or use one pushed request at once, one finds it open (A16, PR-01). What is not wanted is null.
const ANSWER = statement(
  'answer',
  `
  WITH finished AS (
    UPDATE flow
    SET resumed_at = now()
    WHERE id = $20::uuid AND environment_id = $1 AND status = 'COMPLETED' AND expires_at > now() AND resumed_at IS NULL
    RETURNING 1
  ), used AS (
    UPDATE pushed_request
    SET spent_at = now()
    WHERE id = $21::uuid AND environment_id = $1 AND client_id = $2 AND spent_at IS NULL
      AND ($20::uuid IS NULL OR EXISTS (SELECT FROM finished))
    RETURNING 1
  ), granted AS (
    SELECT 1
    WHERE ($20::uuid IS NULL OR EXISTS (SELECT FROM finished)) AND ($21::uuid IS NULL OR EXISTS (SELECT FROM used))
  ), code AS (
    INSERT INTO authorization_code${CODE_COLUMNS}
    SELECT $3::uuid, $1, $2, $4::bytea, $5, $6, $7::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid,
           $13, $14, $15, $16, now() + make_interval(secs => $17::float8)
    FROM granted
    WHERE $3::uuid IS NOT NULL
  ), record AS (
    INSERT INTO authorization_record
      (id, environment_id, client_id,
       ${AUTHORIZATION_COLUMNS},
       offline)
    SELECT $18::uuid, $1, $2, $5, $6, $19::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid, false
    FROM granted
    WHERE $18::uuid IS NOT NULL
  )
  SELECT 1 FROM granted`,
);

@Injectable()
export class PostgresAuthorizationAnswers extends AuthorizationAnswers {
  constructor(private readonly database: Database) {
    super();
  }

  async issue(grounds: AnswerGrounds, { code, authorization }: NewAnswer): Promise<IssuedAnswer | undefined> {
    const { flowId, pushedRequestId } = grounds;
    if ([flowId, pushedRequestId].some((id) => id !== undefined && !isUuid(id))) return undefined;
    const handle = code && newHandle(HandlePrefix.AuthorizationCode);
    const authorizationId = authorization && uuidv7();
    const subject = code?.authorization ?? authorization?.authorization;
    const values = [
      grounds.environmentId,
      grounds.clientId,
      handle?.id ?? null,
      handle?.secretHash ?? null,
      ...(subject ? authorizationValues(subject) : Array<null>(SUBJECT_VALUES).fill(null)),
      code?.redirectUri ?? null,
      code?.nonce ?? null,
      code?.codeChallenge ?? null,
      code?.codeChallengeMethod ?? null,
      code?.lifetime ?? null,
    ];
    const closes = flowId !== undefined || pushedRequestId !== undefined;
    if (!closes && !authorization) {
      if (code) await this.database.execute(CODE, values);
      return handle ? { code: handle.handle } : {};
    }
    const rest = [
      authorizationId ?? null,
      authorization?.authorization.scope.toArray() ?? null,
      flowId ?? null,
      pushedRequestId ?? null,
    ];
    const [granted] = await this.database.query<object>(ANSWER, [...values, ...rest]);
    if (!granted) return undefined;
    return { ...(handle && { code: handle.handle }), ...(authorizationId && { authorizationId }) };
  }
}

/** How many values {@link authorizationValues} gives. */
const SUBJECT_VALUES = AUTHORIZATION_COLUMNS.split(',').length;
