import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';

/** Parameters as they came: every value of every name, in order. */
export type RawParams = Readonly<Record<string, readonly string[]>>;

/** IN-01: a list of texts for every name, so that no service stumbles over anything else. */
function IsRawParams(): PropertyDecorator {
  return ValidateBy({ name: 'isRawParams', validator: { validate: (value) => isRecordOf(value, isListOfTexts) } });
}

/** The cookies a service may see and set; their names and attributes on the wire are the gateway's business. */
export type CookieName = 'session' | 'browser';

export const FETCH_SITES = ['same-origin', 'same-site', 'cross-site', 'none'] as const;
export type FetchSite = (typeof FETCH_SITES)[number];

/** What the gateway hands a service for one HTTP request. */
export class HttpCall {
  @Matches(/^[a-z0-9-]{1,64}$/)
  readonly environmentId!: string;

  /** In every log line of every service this request touches. */
  @Matches(/^[A-Za-z0-9-]{8,64}$/)
  readonly requestId!: string;

  /** Milliseconds since the epoch; a service that gets to it later drops it (I6). */
  @IsInt()
  readonly deadline!: number;

  /** Milliseconds since the epoch when the request reached the door. */
  @IsInt()
  readonly receivedAt!: number;

  /** W3C Trace Context. */
  @IsOptional()
  @Matches(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
  readonly traceparent?: string;

  @IsIn(['GET', 'POST'])
  readonly method!: 'GET' | 'POST';

  /** The client's address by the configured hop count (HT-05). */
  @Length(1, 64)
  readonly ip!: string;

  @IsRawParams()
  readonly query!: RawParams;

  @IsRawParams()
  readonly form!: RawParams;

  /** The `:id` segment of the route. */
  @IsOptional()
  @Length(1, 128)
  readonly id?: string;

  /** What an `action` body's media type asks for. */
  @IsOptional()
  @Matches(/^[A-Za-z.]{1,64}$/)
  readonly action?: string;

  /** An `action` body: a JSON object, at most 16 levels deep, without names that could reach a prototype. */
  @IsOptional()
  @IsObject()
  readonly json?: Readonly<Record<string, unknown>>;

  @IsOptional()
  @Length(0, 16_384)
  readonly authorization?: string;

  @IsOptional()
  @IsString()
  readonly origin?: string;

  /** What the browser says of itself (Fetch Metadata §2.2); other clients say nothing. */
  @IsOptional()
  @IsIn(FETCH_SITES)
  readonly fetchSite?: FetchSite;

  @ValidateBy({ name: 'isCookies', validator: { validate: (value) => isRecordOf(value, isText) } })
  readonly cookies!: Readonly<Partial<Record<CookieName, string>>>;
}

/** Whether an origin's scripts may read an environment's answers. */
export class OriginQuestion {
  @Matches(/^[a-z0-9-]{1,64}$/)
  readonly environmentId!: string;

  @IsInt()
  readonly deadline!: number;

  @Length(8, 64)
  readonly requestId!: string;

  @Length(1, 256)
  readonly origin!: string;
}

export interface OriginAnswer {
  readonly allowed: boolean;
}

function isRecordOf(value: unknown, fits: (field: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(fits);
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

/** One that UTF-8 can carry: half a character would trip whoever encodes it, and the door lets none through (HT-01). */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value);
}
