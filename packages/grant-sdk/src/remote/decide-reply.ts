import type { Authorization, SubjectKind } from '@grantway/domain';
import type { OAuthErrorCode } from '@grantway/protocol';
import { ActClaim, DEEPEST_ACT_CHAIN, OAuthError, ScopeSet, TokenType } from '@grantway/protocol';
import { IsBoolean, IsIn, IsInt, IsString, Max, MaxLength, Min, ValidateBy } from 'class-validator';
import type { RemoteSpend } from '../grant.decorator.js';
import { Issuance, Spend } from '../issuance.js';
import { Manifest } from './manifest.js';
import {
  IsId,
  IsInstant,
  IsListOf,
  IsPlain,
  IsText,
  isPlain,
  isTame,
  isText,
  isUuid,
  Malformed,
  MayMiss,
  shape,
} from './shape.js';

const LARGEST = 65_536;
const LARGEST_CLAIMS = 8_192;

/** What a grant service may tell a client. Who the client is and whether the grant exists are never its to judge. */
export const REMOTE_ERRORS = [
  ...['invalid_request', 'invalid_grant', 'invalid_scope', 'invalid_target', 'invalid_authorization_details'],
  ...['unauthorized_client', 'access_denied'],
  ...['authorization_pending', 'slow_down', 'expired_token'], // RFC 8628 §3.5, CIBA Core §11
  ...['too_many_requests', 'temporarily_unavailable'],
] as readonly OAuthErrorCode[];

class SubjectShape {
  @IsIn(['user', 'client', 'service_account'])
  readonly kind!: SubjectKind;

  @IsText(255)
  readonly id!: string;
}

/** Milliseconds. */
const CLOCKS_APART = 60_000;

class AuthenticationShape {
  @IsInstant()
  readonly time!: string;

  @IsText(255)
  readonly acr!: string;

  @IsListOf(isText(64), 16)
  readonly amr!: readonly string[];

  /** Absent where no browser was signed on. */
  @MayMiss()
  @IsId()
  readonly sessionId?: string;
}

class AuthorizationShape {
  @IsPlain()
  readonly subject!: object;

  @IsString()
  readonly scope!: string;

  @IsListOf(isText(512), 50)
  readonly resources!: readonly string[];

  @MayMiss()
  @IsPlain()
  readonly authentication?: object;
}

class IssuanceShape {
  @IsPlain()
  readonly authorization!: object;

  @MayMiss()
  @IsPlain()
  readonly spend?: object;

  @MayMiss()
  @IsBoolean()
  readonly refreshToken?: boolean;

  @MayMiss()
  @IsString()
  @MaxLength(4_096)
  readonly nonce?: string;

  @MayMiss()
  @ValidateBy({
    name: 'isClaims',
    validator: { validate: (value) => isPlain(value) && isTame(value, LARGEST_CLAIMS, 8) },
  })
  readonly claims?: Readonly<Record<string, unknown>>;

  @MayMiss()
  @IsPlain()
  readonly actor?: object;

  @MayMiss()
  @IsListOf(isText(255), 50)
  readonly audiences?: readonly string[];

  @MayMiss()
  @IsId()
  readonly derivedFrom?: string;

  @MayMiss()
  @IsInt()
  @Min(1)
  readonly serviceAccountVersion?: number;

  @MayMiss()
  @IsInstant()
  readonly notAfter?: string;

  @MayMiss()
  @IsIn(Object.values(TokenType))
  readonly issuedTokenType?: TokenType;
}

class OnceShape {
  @IsText(255)
  readonly id!: string;

  @IsInstant()
  readonly until!: string;
}

class ActShape {
  @IsText(255)
  readonly sub!: string;

  @MayMiss()
  @IsText(512)
  readonly iss?: string;

  @MayMiss()
  @IsText(255)
  readonly client_id?: string;

  @MayMiss()
  @IsPlain()
  readonly act?: object;
}

class ErrorShape {
  @IsIn(REMOTE_ERRORS)
  readonly code!: OAuthErrorCode;

  @MayMiss()
  @IsString()
  @MaxLength(512)
  readonly description?: string;

  @MayMiss()
  @IsText(256)
  readonly reason?: string;

  @MayMiss()
  @IsInt()
  @Min(0)
  @Max(86_400)
  readonly retryAfter?: number;
}

class ReplyShape {
  @MayMiss()
  @IsPlain()
  readonly issuance?: object;

  @MayMiss()
  @IsPlain()
  readonly error?: object;
}

/** `{ issuance }` as JSON. What does not fit the contract is found by {@link readReply}. */
export function encodeIssuance({ authorization, notAfter, ...rest }: Issuance): object {
  const { subject, scope, resources, authentication } = authorization;
  const issuance = {
    ...rest,
    authorization: {
      ...{ subject, scope: scope.toString(), resources },
      ...(authentication && { authentication: { ...authentication, time: authentication.time.toISOString() } }),
    },
    ...(notAfter && { notAfter: notAfter.toISOString() }),
  };
  return plain({ issuance });
}

/** `{ error }` as JSON; the cause stays where it happened. */
export function encodeError({ code, detail: { description, reason, retryAfter } }: OAuthError): object {
  return plain({ error: { code, description, reason, retryAfter } });
}

/** What JSON makes of it: fields that are undefined are gone. */
function plain(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

/**
 * A grant service's answer, revived.
 * @throws OAuthError what it tells the client
 * @throws Malformed for everything else
 */
export function readReply({ spends }: Pick<Manifest, 'spends'>, value: unknown): Issuance {
  if (!isTame(value, LARGEST, 12)) throw new Malformed('reply');
  const { issuance, error } = shape(ReplyShape, value, 'reply');
  if ((issuance === undefined) === (error === undefined)) throw new Malformed('reply');
  if (error !== undefined) {
    const { code, ...detail } = shape(ErrorShape, error, 'error');
    throw new OAuthError(code, detail);
  }
  const { authorization, spend, notAfter, actor, ...rest } = shape(IssuanceShape, issuance, 'issuance');
  return {
    ...rest,
    authorization: readAuthorization(authorization),
    ...(spend !== undefined && { spend: readSpend(spend, spends) }),
    ...(actor !== undefined && { actor: readActor(actor, DEEPEST_ACT_CHAIN) }),
    ...(notAfter !== undefined && { notAfter: new Date(notAfter) }),
  };
}

function readAuthorization(value: object): Authorization {
  const { subject, scope, resources, authentication } = shape(AuthorizationShape, value, 'authorization');
  const authorized = ScopeSet.parse(scope);
  if (!authorized) throw new Malformed('authorization.scope');
  const { kind, id } = shape(SubjectShape, subject, 'subject');
  if (authentication === undefined) return { subject: { kind, id }, scope: authorized, resources };
  const { time, ...how } = shape(AuthenticationShape, authentication, 'authentication');
  // R9: one in the future would outlive every change of password.
  if (Date.parse(time) > Date.now() + CLOCKS_APART) throw new Malformed('authentication.time');
  return { subject: { kind, id }, scope: authorized, resources, authentication: { ...how, time: new Date(time) } };
}

/** House rule: the one kind its manifest names, and nothing else. */
function readSpend(value: object, kind: RemoteSpend | undefined): Spend {
  const entries = Object.entries(value);
  const [[named, artifact] = []] = entries;
  if (entries.length !== 1 || kind === undefined || named !== kind) throw new Malformed('issuance.spend');
  if (kind === 'once') {
    const { id, until } = shape(OnceShape, artifact, 'issuance.spend.once');
    return { once: { id, until: new Date(until) } };
  }
  if (!isUuid(artifact)) throw new Malformed('issuance.spend');
  return { [kind]: artifact } as Spend;
}

function readActor(value: object, links: number): ActClaim {
  if (links === 0) throw new Malformed('issuance.actor');
  const { act, ...actor } = shape(ActShape, value, 'actor');
  return act === undefined ? actor : { ...actor, act: readActor(act, links - 1) };
}
