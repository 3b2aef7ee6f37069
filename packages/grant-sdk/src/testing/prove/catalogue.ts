import type { Row } from './row.js';
import {
  ANSWERS_IN_TIME,
  CROSSES_THE_WIRE,
  DECIDES_ONLY,
  GRANTS_WHEN_GOOD,
  OUTAGE_IS_NO_VERDICT,
} from './rows/answering.rows.js';
import {
  LAWFUL,
  NARROWER_SCOPE,
  RESERVED_CLAIMS,
  STRANGE_SCOPE,
  USERS_SCOPE,
  WITHIN_REGISTRATION,
} from './rows/limits.rows.js';
import { FOREIGN_ENVIRONMENT, TELLS_NO_SECRETS, WRONG_CLIENT } from './rows/ownership.rows.js';
import { ALTERED_PARAMS, LEFT_OUT_PARAMS, ODD_PARAMS, OVERSIZE_PARAMS, REPEATED_PARAMS } from './rows/params.rows.js';
import { DEAD_SUBJECT, RACE, REPLAY } from './rows/spending.rows.js';

/** Without these nothing else can be proven: a grant that refuses everything would pass. */
export const FIRST: readonly Row[] = [ANSWERS_IN_TIME, GRANTS_WHEN_GOOD];

/** What a grant must survive (design section 5), in the order of a report. */
export const CATALOGUE: readonly Row[] = [
  CROSSES_THE_WIRE,
  LEFT_OUT_PARAMS,
  OVERSIZE_PARAMS,
  REPEATED_PARAMS,
  ODD_PARAMS,
  ALTERED_PARAMS,
  WRONG_CLIENT,
  FOREIGN_ENVIRONMENT,
  WITHIN_REGISTRATION,
  NARROWER_SCOPE,
  STRANGE_SCOPE,
  USERS_SCOPE,
  RESERVED_CLAIMS,
  LAWFUL,
  DEAD_SUBJECT,
  REPLAY,
  RACE,
  DECIDES_ONLY,
  OUTAGE_IS_NO_VERDICT,
  TELLS_NO_SECRETS,
];
