import { AuditEvents, Environments, KeySchedule } from '@grantway/domain';
import { KeyRotation } from '@grantway/token-signing';
import { Installation } from '../installation.js';
import { openInstallation } from '../open-installation.js';
import { KeysOperations } from './keys.operations.js';

export interface OpenKeys {
  readonly operations: KeysOperations;
  readonly audit: AuditEvents;
  close(): Promise<void>;
}

/** The operations on an installation, for one command. */
export async function openKeys(installation: Installation): Promise<OpenKeys> {
  const { applier, get, close } = await openInstallation(installation);
  const operations = new KeysOperations(get(Environments), get(KeySchedule), get(KeyRotation), applier);
  return { operations, audit: get(AuditEvents), close };
}
