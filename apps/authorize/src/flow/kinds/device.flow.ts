import { FlowEndPage, HttpReply } from '@grantway/contracts';
import { Clients, DeviceAuthorizations, Flow, FlowStatus } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { endPage } from '../end-page.js';
import { FlowKind, FlowMatter, purposeOf, Visit } from '../visit.js';

/** A person with a device's code (RFC 8628 §3.3): sign-on, the code, always consent (D6); the answer goes to the device. */
@Injectable()
export class DeviceFlow extends FlowKind {
  readonly kind = 'device';

  constructor(
    private readonly clients: Clients,
    private readonly devices: DeviceAuthorizations,
  ) {
    super();
  }

  async matter(flow: Flow): Promise<FlowMatter | undefined> {
    const { deviceAuthorizationId, clientId } = purposeOf(flow, 'device');
    const device =
      deviceAuthorizationId === undefined
        ? undefined
        : await this.devices.find(flow.environmentId, deviceAuthorizationId);
    const id = device?.clientId ?? clientId;
    const client = id === undefined ? undefined : await this.clients.find(flow.environmentId, id);
    if (id !== undefined && !client?.enabled) return undefined;
    return { scope: device?.scope ?? [], ...(client && { client }), ...(device && { device }) };
  }

  async afterSignOn(): Promise<FlowStatus> {
    return 'DAG_USER_CODE_REQUIRED';
  }

  async finish(visit: Visit): Promise<HttpReply> {
    return endPage(visit, outcomeOf(visit.flow));
  }
}

function outcomeOf(flow: Flow): FlowEndPage['outcome'] {
  if (flow.status === 'COMPLETED') return 'device_allowed';
  return purposeOf(flow, 'device').deviceAuthorizationId === undefined ? 'cancelled' : 'device_refused';
}
