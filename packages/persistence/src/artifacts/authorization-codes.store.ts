import {
  type AuthorizationCode,
  AuthorizationCodes,
  type CodeState,
  HandlePrefix,
  MOST_VERIFIER_FAILURES,
  type NewAuthorizationCode,
  newHandle,
  parseHandle,
  secretMatches,
} from '@grantway/domain';
import type { CodeChallengeMethod } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';
import {
  AUTHORIZATION_COLUMNS,
  type AuthorizationRow,
  authorizationValues,
  toAuthorization,
} from './authorization-columns.js';

const ISSUE = statement(
  'code_issue',
  `
  INSERT INTO authorization_code
    (id, environment_id, client_id, secret_hash,
     ${AUTHORIZATION_COLUMNS},
     redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
          now() + make_interval(secs => $17))`,
);

// Of requests that finish one flow at once, one finds it unfinished (A16).
const ISSUE_FOR_FLOW = statement(
  'code_issue_for_flow',
  `
  WITH finished AS (
    UPDATE flow
    SET resumed_at = now()
    WHERE id = $18 AND environment_id = $2 AND status = 'COMPLETED' AND expires_at > now() AND resumed_at IS NULL
    RETURNING 1
  )
  INSERT INTO authorization_code
    (id, environment_id, client_id, secret_hash,
     ${AUTHORIZATION_COLUMNS},
     redirect_uri, nonce, code_challenge, code_challenge_method, expires_at)
  SELECT $1::uuid, $2, $3, $4::bytea, $5, $6, $7::text[], $8::text[], $9::timestamptz, $10, $11::text[], $12::uuid,
         $13, $14, $15, $16, now() + make_interval(secs => $17)
  FROM finished`,
);

const FIND = statement(
  'code_find',
  `
  SELECT client_id, secret_hash,
         ${AUTHORIZATION_COLUMNS},
         redirect_uri, nonce, code_challenge, code_challenge_method, authorization_id,
         CASE WHEN spent_at IS NOT NULL THEN 'spent'
              WHEN failures >= ${MOST_VERIFIER_FAILURES} THEN 'guessed'
              WHEN expires_at <= now() THEN 'expired'
              ELSE 'live' END AS state,
         (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago
  FROM authorization_code
  WHERE id = $1 AND environment_id = $2`,
);

const COUNT_FAILURE = statement(
  'code_count_failure',
  `
  UPDATE authorization_code
  SET failures = failures + 1
  WHERE id = $1 AND spent_at IS NULL`,
);

interface CodeRow extends AuthorizationRow {
  readonly client_id: string;
  readonly secret_hash: Uint8Array;
  readonly redirect_uri: string | null;
  readonly nonce: string | null;
  readonly code_challenge: string | null;
  readonly code_challenge_method: CodeChallengeMethod | null;
  readonly authorization_id: string | null;
  readonly state: CodeState['kind'];
  readonly spent_ago: number | null;
}

@Injectable()
export class PostgresAuthorizationCodes extends AuthorizationCodes {
  constructor(private readonly database: Database) {
    super();
  }

  async issue(code: NewAuthorizationCode): Promise<string> {
    const { handle, values } = newCode(code);
    await this.database.execute(ISSUE, values);
    return handle;
  }

  async issueFor(flowId: string, code: NewAuthorizationCode): Promise<string | undefined> {
    if (!isUuid(flowId)) return undefined;
    const { handle, values } = newCode(code);
    const issued = await this.database.execute(ISSUE_FOR_FLOW, [...values, flowId]);
    return issued === 1 ? handle : undefined;
  }

  async find(environmentId: string, code: string): Promise<AuthorizationCode | undefined> {
    const handle = parseHandle(HandlePrefix.AuthorizationCode, code);
    if (!handle) return undefined;
    const [row] = await this.database.query<CodeRow>(FIND, [handle.id, environmentId]);
    if (!row || !secretMatches(handle.secret, row.secret_hash)) return undefined;
    return {
      id: handle.id,
      environmentId,
      clientId: row.client_id,
      authorization: toAuthorization(row),
      ...given('redirectUri', row.redirect_uri),
      ...given('nonce', row.nonce),
      ...given('codeChallenge', row.code_challenge),
      ...given('codeChallengeMethod', row.code_challenge_method),
      state: toState(row),
    };
  }

  async countFailure(id: string): Promise<void> {
    if (isUuid(id)) await this.database.execute(COUNT_FAILURE, [id]);
  }
}

/** A code and what is stored of it, in the order of both statements. */
function newCode(code: NewAuthorizationCode): { handle: string; values: unknown[] } {
  const { id, handle, secretHash } = newHandle(HandlePrefix.AuthorizationCode);
  const values = [
    id,
    code.environmentId,
    code.clientId,
    secretHash,
    ...authorizationValues(code.authorization),
    code.redirectUri ?? null,
    code.nonce ?? null,
    code.codeChallenge ?? null,
    code.codeChallengeMethod ?? null,
    code.lifetime,
  ];
  return { handle, values };
}

function toState({ state, authorization_id, spent_ago }: CodeRow): CodeState {
  if (state !== 'spent') return { kind: state };
  // Both were written by the statement that spent it (authorization_redeem_code).
  return { kind: state, authorizationId: authorization_id ?? '', ago: spent_ago ?? 0 };
}
