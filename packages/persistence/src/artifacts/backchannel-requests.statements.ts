import { BACKCHANNEL_TASK, SLOW_DOWN_STEP } from '@grantway/domain';
import { statement } from '../database/statement.js';
import { addJob } from '../jobs/add-job.js';
import { AUTHORIZATION_COLUMNS } from './authorization-columns.js';

/** Over about ten minutes, which is the longest a request lives: 3, 7, 20 and 55 seconds, 2½ and 7 minutes apart. */
const NOTIFICATION_ATTEMPTS = 7;

/** By request, so that a decision takes the place of the job that waits for the request to expire. */
const notify = (row: string, runAt?: string) =>
  addJob({
    task: BACKCHANNEL_TASK,
    payload: `json_build_object('environmentId', ${row}.environment_id, 'id', ${row}.id)`,
    queue: `'backchannel ' || ${row}.environment_id || ' ' || ${row}.client_id`,
    key: `'backchannel ' || ${row}.id`,
    ...(runAt && { runAt }),
    attempts: NOTIFICATION_ATTEMPTS,
  });

// CIBA Core §12: a push client hears of its request's expiry too.
export const START = statement(
  'backchannel_start',
  `
  WITH started AS (
    INSERT INTO backchannel_request
      (id, environment_id, client_id, user_id, secret_hash, asked_scope, asked_resources, acr_values, binding_message,
       delivery, sealed_notification_token, sealed_auth_req_id, expires_at, interval)
    SELECT $1::uuid, $2, $3, $4, $5::bytea, $6::text[], $7::text[], $8::text[], $9,
           $10, $11, $12, now() + make_interval(secs => $13), $14::int
    FROM grantway_open_backchannel_requests($2, $4, $3)
    WHERE of_user < $15::int AND of_client < $16::int
    RETURNING id, environment_id, client_id, delivery, expires_at
  )
  SELECT CASE WHEN delivery = 'push' THEN ${notify('started', 'expires_at')} END AS job
  FROM started`,
);

const ASKED_COLUMNS = 'id, client_id, asked_scope, asked_resources, binding_message, created_at, expires_at';

export const PENDING = statement(
  'backchannel_pending',
  `
  SELECT ${ASKED_COLUMNS}
  FROM backchannel_request
  WHERE environment_id = $1 AND user_id = $2 AND decision IS NULL AND expires_at > now()
  ORDER BY id`,
);

export const FIND = statement(
  'backchannel_find',
  `
  SELECT ${ASKED_COLUMNS},
         COALESCE(decision, CASE WHEN expires_at <= now() THEN 'expired' ELSE 'pending' END) AS state
  FROM backchannel_request
  WHERE id = $1 AND environment_id = $2 AND user_id = $3`,
);

// CIBA Core §11. Parallel polls become a sequence, each of which sees what the one before it counted. Only a pending poll is counted.
export const POLL = statement(
  'backchannel_poll',
  `
  WITH polled AS (
    SELECT ${AUTHORIZATION_COLUMNS},
           authorization_id,
           (extract(epoch FROM now() - spent_at) * 1000)::float8 AS spent_ago,
           CASE WHEN delivery = 'push' THEN 'push'
                WHEN spent_at IS NOT NULL THEN 'spent'
                WHEN decision = 'denied' THEN 'denied'
                WHEN expires_at <= now() THEN 'expired'
                ELSE COALESCE(decision, 'pending') END AS state,
           COALESCE(next_poll_at > now(), false) AS too_soon,
           interval + CASE WHEN next_poll_at > now() THEN ${SLOW_DOWN_STEP} ELSE 0 END AS interval
    FROM backchannel_request
    WHERE id = $1 AND environment_id = $2 AND client_id = $3 AND secret_hash = $4
    FOR UPDATE
  ), counted AS (
    UPDATE backchannel_request
    SET interval = polled.interval,
        next_poll_at = now() + make_interval(secs => polled.interval)
    FROM polled
    WHERE id = $1 AND polled.state = 'pending'
  )
  SELECT * FROM polled`,
);

// CB-08. Approve and deny at the same moment: one finds it undecided. Who waits to be told is told, or nothing was decided (I7).
const decide = (name: string, set: string) =>
  statement(
    name,
    `
  WITH decided AS (
    UPDATE backchannel_request
    SET ${set},
        decided_at = now()
    WHERE id = $1 AND environment_id = $2 AND user_id = $3 AND decision IS NULL AND expires_at > now()
    RETURNING id, environment_id, client_id, delivery
  )
  SELECT id, CASE WHEN delivery <> 'poll' THEN ${notify('decided')} END AS job
  FROM decided`,
  );

export const APPROVE = decide(
  'backchannel_approve',
  `decision = 'approved',
        (${AUTHORIZATION_COLUMNS}) =
          ($4, $5, $6::text[], $7::text[], $8::timestamptz, $9, $10::text[], $11::uuid)`,
);
export const DENY = decide('backchannel_deny', "decision = 'denied'");

export const NOTIFICATION = statement(
  'backchannel_notification',
  `
  SELECT client_id, delivery, sealed_auth_req_id, sealed_notification_token, COALESCE(decision, 'expired') AS outcome
  FROM backchannel_request
  WHERE id = $1 AND environment_id = $2 AND delivery <> 'poll'
    AND (decision IS NOT NULL OR expires_at <= now())
    AND notified_at IS NULL AND given_up_at IS NULL`,
);

export const RECORD_NOTIFICATION = statement(
  'backchannel_record_notification',
  `
  UPDATE backchannel_request
  SET notified_at = CASE WHEN $3::boolean THEN now() END,
      given_up_at = CASE WHEN $4::boolean THEN now() END,
      notification_attempts = notification_attempts + 1,
      notification_trouble = $5
  WHERE id = $1 AND environment_id = $2 AND notified_at IS NULL AND given_up_at IS NULL`,
);

export const APPROVED_PUSH = statement(
  'backchannel_approved_push',
  `
  SELECT client_id,
         ${AUTHORIZATION_COLUMNS},
         authorization_id
  FROM backchannel_request
  WHERE id = $1 AND environment_id = $2 AND secret_hash = $3 AND delivery = 'push' AND decision = 'approved'`,
);
