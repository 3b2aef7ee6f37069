import { FromEnv, ServiceConfig } from '@grantway/platform';
import { IsInt, Max, Min } from 'class-validator';

export class GatewayConfig extends ServiceConfig {
  @FromEnv('PORT', 'The public port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  port = 3000;

  @FromEnv('TRUSTED_PROXY_HOPS', 'Proxies in front whose X-Forwarded-For is believed; 0 believes none (HT-05).')
  @IsInt()
  @Min(0)
  @Max(10)
  trustedProxyHops = 0;

  @FromEnv('REQUEST_TIMEOUT_MS', 'Milliseconds until a request is answered 503.')
  @IsInt()
  @Min(100)
  @Max(60_000)
  requestTimeoutMs = 5000;
}
