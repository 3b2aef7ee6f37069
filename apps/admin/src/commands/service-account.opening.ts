import { AuditEvents, Clients, Environments, Resources, ServiceAccounts } from '@grantway/domain';
import { KeyLifecycle, ServiceTokenMinter } from '@grantway/token-signing';
import { Installation } from '../installation.js';
import { openInstallation } from '../open-installation.js';
import { ServiceAccountOperations } from './service-account.operations.js';

export interface OpenServiceAccounts {
  readonly operations: ServiceAccountOperations;
  readonly audit: AuditEvents;
  close(): Promise<void>;
}

/** The operations on an installation, for one command. */
export async function openServiceAccounts(
  installation: Installation,
  publicUrl: string | undefined,
): Promise<OpenServiceAccounts> {
  const { applier, get, close } = await openInstallation(installation);
  const operations = new ServiceAccountOperations(
    get(ServiceAccounts),
    get(Environments),
    get(Clients),
    get(Resources),
    applier,
    get(KeyLifecycle),
    get(ServiceTokenMinter),
    publicUrl?.replace(/\/+$/, ''),
  );
  return { operations, audit: get(AuditEvents), close };
}
