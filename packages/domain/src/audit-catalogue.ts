/** What there is to know of one kind of event. */
interface AuditEventKind {
  /** The line in the log when it went well. */
  readonly said: string;
  readonly meaning: string;
  /** Whether it is kept, beside its line in the log: each one, those refused alone. */
  readonly kept: 'each' | 'refused';
}

/**
 * Every event there is. What is not here is a line in the log at most: documents that are fetched, pages that are shown, starts and
 * stops. So is what {@link UNDECIDED} lists.
 */
export const AUDIT_EVENTS = {
  'token.issue': {
    said: 'token issued',
    meaning: 'A client asked for tokens, by whatever grant; `authorization_id` is what they came of.',
    kept: 'each',
  },
  'token.revoke': { said: 'token revoked', meaning: 'A client gave a token back.', kept: 'each' },
  'token.introspect': {
    said: 'token introspected',
    meaning: 'Somebody asked what a token is worth, and was not answered. Answers are lines in the log.',
    kept: 'refused',
  },
  'userinfo.read': {
    said: 'userinfo read',
    meaning: 'Somebody asked for a user’s claims with a token that is not good for it.',
    kept: 'refused',
  },
  'authorization.push': {
    said: 'authorization request pushed',
    meaning: 'A client brought its authorization request beforehand.',
    kept: 'each',
  },
  'authorization.answer': {
    said: 'authorization answered',
    meaning: 'A client’s authorization request was answered, with a code or tokens, or with an error.',
    kept: 'each',
  },
  'user.sign_on': {
    said: 'signed on',
    meaning: 'A person proved who they are, or could not; `sub` is whose name was tried.',
    kept: 'each',
  },
  'user.sign_off': { said: 'signed off', meaning: 'A session was ended by will.', kept: 'each' },
  'user.register': { said: 'registered', meaning: 'A person made an account for themselves.', kept: 'each' },
  'user.verify': { said: 'verified', meaning: 'A person proved an address with a code, or could not.', kept: 'each' },
  'user.recover': {
    said: 'password recovered',
    meaning: 'A person set a new password with a recovery code, or could not.',
    kept: 'each',
  },
  'user.change_password': {
    said: 'password changed',
    meaning: 'A person replaced a password that had to be changed, or could not.',
    kept: 'each',
  },
  'user.consent': {
    said: 'consent given',
    meaning: 'A person allowed a client what it asked for, or did not.',
    kept: 'each',
  },
  'device.start': { said: 'device code issued', meaning: 'A device asked to be let in.', kept: 'each' },
  'device.user_code': {
    said: 'user code entered',
    meaning: 'A person entered a code that their device showed, or one that none shows.',
    kept: 'each',
  },
  'device.decide': { said: 'device allowed', meaning: 'A person let a device in, or did not.', kept: 'each' },
  'backchannel.start': { said: 'user asked', meaning: 'A client had a person asked who is not there.', kept: 'each' },
  'backchannel.decide': {
    said: 'request answered',
    meaning: 'A person answered what a client had them asked; `detail.verdict` says how.',
    kept: 'each',
  },
  'backchannel.notify': {
    said: 'client notified',
    meaning: 'A client was told of an answer, by ping or push, or could not be told any more (`given_up`).',
    kept: 'each',
  },
  'environment.apply': {
    said: 'environment applied',
    meaning:
      'An administrator changed an environment by its file; `detail` names what was created, updated and removed.',
    kept: 'each',
  },
  'service_account.create': { said: 'service account created', meaning: 'An administrator made one.', kept: 'each' },
  'service_account.update': { said: 'service account updated', meaning: 'An administrator changed one.', kept: 'each' },
  'service_account.regenerate': {
    said: 'service account token made anew',
    meaning: 'An administrator had another token made; the one before is worth nothing.',
    kept: 'each',
  },
  'service_account.enable': { said: 'service account enabled', meaning: 'An administrator enabled one.', kept: 'each' },
  'service_account.disable': {
    said: 'service account disabled',
    meaning: 'An administrator disabled one.',
    kept: 'each',
  },
  'service_account.delete': { said: 'service account deleted', meaning: 'An administrator deleted one.', kept: 'each' },
  'key.announce': {
    said: 'key announced',
    meaning: 'A signing key was made and published; it does not sign yet.',
    kept: 'each',
  },
  'key.activate': {
    said: 'key activated',
    meaning: 'A signing key began to sign; the one before stopped.',
    kept: 'each',
  },
  'key.retire': { said: 'key retired', meaning: 'A signing key is not published any more.', kept: 'each' },
  'key.remove': {
    said: 'key removed',
    meaning: 'An administrator removed a signing key at once; what it signed is good no more.',
    kept: 'each',
  },
} as const satisfies Record<string, AuditEventKind>;

export type AuditEventName = keyof typeof AUDIT_EVENTS;

/** Outcomes that decide nothing: polls that come too early, and what is away for now (I4). They are lines in the log alone. */
const UNDECIDED: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down', 'temporarily_unavailable']);

export function isAuditEventName(name: string): name is AuditEventName {
  return Object.hasOwn(AUDIT_EVENTS, name);
}

/** Whether it is kept, or a line in the log alone. */
export function isKept(event: AuditEventName, outcome: string): boolean {
  if (outcome === 'ok') return AUDIT_EVENTS[event].kept === 'each';
  return !UNDECIDED.has(outcome);
}
