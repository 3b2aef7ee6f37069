import pino from 'pino';

/** Field names whose values never reach a log, wherever they stand (HT-06). */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'password',
  'secret',
  'client_secret',
  'client_assertion',
  'code',
  'code_verifier',
  'token',
  'refresh_token',
  'access_token',
  'id_token',
  'id_token_hint',
  'authorization',
  'cookie',
  'session',
  'browser',
  'csrf',
]);
const CENSORED = '[redacted]';
/** Nothing we log comes near; what nests deeper is left out rather than looked through. */
const DEEPEST = 12;

/**
 * A value as a log may show it: the value itself where it holds no secret field, else a copy without them. One walk along the
 * fields that are there, where pino's own `redact` looks every secret name up in every object.
 */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    return shown(value, []);
  } catch {
    return '[unreadable]'; // A getter or a `toJSON` of somebody else's that throws.
  }
}

function shown(value: object, above: readonly object[]): unknown {
  if (above.includes(value)) return '[circular]';
  if (above.length > DEEPEST) return '[too deep]';
  const within = [...above, value];
  if (value instanceof Error) return fieldsShown(errorFields(value), within);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return fieldsShown(value as Record<string, unknown>, within);
  const said: unknown = toJSON.call(value);
  return typeof said === 'object' && said !== null ? shown(said, within) : said;
}

function fieldsShown(fields: Readonly<Record<string, unknown>>, within: readonly object[]): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const field = fields[name];
    const said = shownField(name, field, within);
    if (said === field) continue;
    copy ??= (Array.isArray(fields) ? [...fields] : { ...fields }) as Record<string, unknown>;
    copy[name] = said;
  }
  return copy ?? fields;
}

function shownField(name: string, field: unknown, within: readonly object[]): unknown {
  if (field === undefined) return field;
  if (SECRET_FIELDS.has(name)) return CENSORED;
  return typeof field === 'object' && field !== null ? shown(field, within) : field;
}

/** An error's code (`ECONNREFUSED`) redeems nothing, so it leaves under a name that is not redacted. */
function errorFields(error: Error): Readonly<Record<string, unknown>> {
  const { code, ...fields } = pino.stdSerializers.err(error);
  return code === undefined ? fields : { ...fields, error_code: code };
}
