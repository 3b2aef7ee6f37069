import { IsIn, IsOptional, IsString } from 'class-validator';
import { FromEnv } from '../config/from-env.js';

/**
 * Whether to trace, by OpenTelemetry's own variables. Where to, what headers, how many: the SDK reads the rest of them itself
 * (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES).
 */
export class TracingConfig {
  @FromEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'Where spans are sent, by OTLP over HTTP (JSON). Absent: nothing is traced.')
  @IsOptional()
  @IsString()
  endpoint?: string;

  @FromEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'The same, for spans alone.')
  @IsOptional()
  @IsString()
  tracesEndpoint?: string;

  @FromEnv('OTEL_TRACES_EXPORTER', 'otlp traces without an endpoint too, to the default one; none never traces.')
  @IsOptional()
  @IsIn(['otlp', 'none'])
  exporter?: 'otlp' | 'none';

  @FromEnv('OTEL_SDK_DISABLED', 'true never traces.')
  @IsOptional()
  @IsIn(['true', 'false'])
  disabled?: 'true' | 'false';

  @FromEnv('OTEL_SERVICE_NAME', 'What the process is called in traces; default: the service’s name.')
  @IsOptional()
  @IsString()
  serviceName?: string;

  get enabled(): boolean {
    if (this.disabled === 'true' || this.exporter === 'none') return false;
    return this.exporter === 'otlp' || Boolean(this.endpoint) || Boolean(this.tracesEndpoint);
  }
}
