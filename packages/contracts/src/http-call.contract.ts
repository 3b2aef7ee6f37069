import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';

/** Parameters as they came: every value of every name, in order. */
export type RawParams = Readonly<Record<string, readonly string[]>>;

/** The cookies a service may see and set; their names and attributes on the wire are the gateway's business. */
export type CookieName = 'session' | 'browser';

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

  @IsObject()
  readonly query!: RawParams;

  @IsObject()
  readonly form!: RawParams;

  @IsOptional()
  @Length(0, 16_384)
  readonly authorization?: string;

  @IsOptional()
  @IsString()
  readonly origin?: string;

  @IsObject()
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
