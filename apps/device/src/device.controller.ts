import { HttpCall, HttpReply, Subject } from '@grantway/contracts';
import { Environments, issuerOf } from '@grantway/domain';
import { errorPage, NO_STORE, Serves } from '@grantway/platform';
import { Controller } from '@nestjs/common';
import { DeviceConfig } from './device.config.js';
import { DeviceAuthorizationEndpoint } from './device-authorization-endpoint/device-authorization-endpoint.js';
import { DevicePage } from './device-page/device-page.js';

/** The subjects this service answers. */
@Controller()
export class DeviceController {
  constructor(
    private readonly config: DeviceConfig,
    private readonly environments: Environments,
    private readonly endpoint: DeviceAuthorizationEndpoint,
    private readonly devicePage: DevicePage,
  ) {}

  @Serves(Subject.DeviceStart, HttpCall)
  async start(call: HttpCall): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    if (!environment?.enabled) return UNKNOWN_ENVIRONMENT;
    return this.endpoint.start(call, environment, issuerOf(this.config.publicUrl, environment.id));
  }

  @Serves(Subject.DevicePage, HttpCall)
  async page(call: HttpCall): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    return environment?.enabled ? this.devicePage.open(call, environment) : errorPage(call, 'not_found');
  }
}

const UNKNOWN_ENVIRONMENT: HttpReply = {
  kind: 'json',
  status: 404,
  headers: NO_STORE,
  body: { error: 'not_found', error_description: 'no such environment' },
};
