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
import { gatheredWrite, locking } from '../database/gathered-statement.js';
import { isUuid } from '../database/values.js';
import { AUTHORIZATION_COLUMNS, authorizationColumns, authorizationValues } from './authorization-columns.js';

/** What becomes of an answer, and what it closes; what is not wanted is null. */
const ASKED = {
  ...{ key: 'uuid', environment_id: 'text', client_id: 'text', code_id: 'uuid', secret_hash: 'bytea' },
  ...{ subject_kind: 'text', subject_id: 'text', scope: 'text[]', resources: 'text[]', auth_time: 'timestamptz' },
  ...{ acr: 'text', amr: 'text[]', session_id: 'uuid' },
  ...{ redirect_uri: 'text', nonce: 'text', code_challenge: 'text', code_challenge_method: 'text', lifetime: 'float8' },
};

const insertCode = (from: string) => `INSERT INTO authorization_code
      (id, environment_id, client_id, secret_hash,
       ${AUTHORIZATION_COLUMNS},
       redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
    SELECT code_id, environment_id, client_id, secret_hash,
           ${AUTHORIZATION_COLUMNS},
           redirect_uri, nonce, code_challenge, code_challenge_method, now() + make_interval(secs => lifetime)
    FROM ${from}`;

// The usual answer, where nothing has to be closed for it.
const CODE = gatheredWrite('answer_code', ASKED, `  ${insertCode('asked')}`);

// Of answers that finish one flow or use one pushed request at once, one finds it open (A16, PR-01). Flows are locked in the order of
// their ids, and after them pushed requests in theirs.
const ANSWER = gatheredWrite(
  'answer',
  { ...ASKED, authorization_id: 'uuid', authorization_scope: 'text[]', flow_id: 'uuid', pushed_request_id: 'uuid' },
  `
  , ${locking('completed', {
    orderedBy: 'flow_id',
    table: 'flow',
    where: `id = asked.flow_id AND environment_id = asked.environment_id AND status = 'COMPLETED'
        AND expires_at > now() AND resumed_at IS NULL`,
  })}, finished AS (
    UPDATE flow
    SET resumed_at = now()
    FROM completed
    WHERE flow.id = flow_id AND flow.id = ANY ($21::uuid[])
    RETURNING n
  ), concluded AS (
    SELECT *
    FROM asked
    WHERE flow_id IS NULL OR n IN (SELECT n FROM finished)
  ), ${locking('unused', {
    calls: 'concluded',
    orderedBy: 'pushed_request_id',
    table: 'pushed_request',
    where: `id = asked.pushed_request_id AND environment_id = asked.environment_id AND client_id = asked.client_id
        AND spent_at IS NULL`,
  })}, used AS (
    UPDATE pushed_request
    SET spent_at = now()
    FROM unused
    WHERE pushed_request.id = pushed_request_id AND pushed_request.id = ANY ($22::uuid[])
    RETURNING n
  ), granted AS (
    SELECT *
    FROM concluded
    WHERE pushed_request_id IS NULL OR n IN (SELECT n FROM used)
  ), code AS (
    ${insertCode('granted')}
    WHERE code_id IS NOT NULL
  ), record AS (
    INSERT INTO authorization_record
      (id, environment_id, client_id,
       ${AUTHORIZATION_COLUMNS},
       offline)
    SELECT authorization_id, environment_id, client_id,
           ${authorizationColumns('authorization_scope')},
           false
    FROM granted
    WHERE authorization_id IS NOT NULL
  )
  SELECT n
  FROM granted`,
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
      // Answers to one pushed request or of one flow follow one another.
      pushedRequestId ?? flowId ?? handle?.id ?? authorizationId ?? uuidv7(),
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
      if (code) await this.database.call(CODE, values);
      return handle ? { code: handle.handle } : {};
    }
    const rest = [
      authorizationId ?? null,
      authorization?.authorization.scope.toArray() ?? null,
      flowId ?? null,
      pushedRequestId ?? null,
    ];
    const granted = await this.database.call(ANSWER, [...values, ...rest]);
    if (!granted) return undefined;
    return { ...(handle && { code: handle.handle }), ...(authorizationId && { authorizationId }) };
  }
}

/** How many values {@link authorizationValues} gives. */
const SUBJECT_VALUES = AUTHORIZATION_COLUMNS.split(',').length;
