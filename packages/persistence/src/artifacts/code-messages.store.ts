import { CodeMessages, type CodeRequest } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { addJob } from '../jobs/add-job.js';

/** About ten minutes of trying. */
const ATTEMPTS = 7;

// One environment's messages one after the other: a gateway that hangs keeps nobody else's waiting (I11).
const REQUEST = statement(
  'code_message_request',
  `
  SELECT ${addJob({
    task: 'code-message',
    payload: `json_build_object('environmentId', $1::text, 'purpose', $2::text, 'flowId', $3::text, 'username', $4::text)`,
    queue: `'code-message/' || $1::text`,
    attempts: ATTEMPTS,
  })} AS job`,
);

@Injectable()
export class PostgresCodeMessages extends CodeMessages {
  constructor(private readonly database: Database) {
    super();
  }

  async request({ environmentId, purpose, flowId, username }: CodeRequest): Promise<void> {
    await this.database.query(REQUEST, [environmentId, purpose, flowId, username]);
  }
}
