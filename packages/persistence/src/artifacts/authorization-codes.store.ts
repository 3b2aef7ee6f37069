import {
  type AuthorizationCode,
  AuthorizationCodes,
  type CodeState,
  HandlePrefix,
  MOST_VERIFIER_FAILURES,
  parseHandle,
  secretMatches,
} from '@grantway/domain';
import type { CodeChallengeMethod } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { gatheredLookup } from '../database/gathered-statement.js';
import { statement } from '../database/statement.js';
import { given, isUuid } from '../database/values.js';
import { AUTHORIZATION_COLUMNS, type AuthorizationRow, toAuthorization } from './authorization-columns.js';

const FIND = gatheredLookup(
  'code_find',
  { id: 'uuid', environment_id: 'text' },
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
  WHERE id = asked.id AND environment_id = asked.environment_id`,
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

  async find(environmentId: string, code: string): Promise<AuthorizationCode | undefined> {
    const handle = parseHandle(HandlePrefix.AuthorizationCode, code);
    if (!handle) return undefined;
    const row = await this.database.call<CodeRow>(FIND, [handle.id, environmentId]);
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

function toState({ state, authorization_id, spent_ago }: CodeRow): CodeState {
  if (state !== 'spent') return { kind: state };
  // Both were written by the statement that spent it (authorization_redeem_code).
  return { kind: state, authorizationId: authorization_id ?? '', ago: spent_ago ?? 0 };
}
