import { Issuance } from '../issuance.js';
import { readReply } from './decide-reply.js';
import { encodeRequest } from './decide-request.js';
import { Manifest, readManifest } from './manifest.js';
import { CONTRACT } from './subjects.js';

/** How one version of the contract says what both sides mean. */
export interface ContractVersion {
  /** @throws Malformed */
  readManifest(value: unknown): Manifest;
  readonly encodeRequest: typeof encodeRequest;
  /** @throws Malformed @throws OAuthError what the grant tells the client */
  readReply(manifest: Manifest, value: unknown): Issuance;
}

/**
 * The versions the token service speaks. The announcement says which one its grant speaks, and each is asked on a subject of its
 * own, so processes of two versions may serve one grant side by side while it is updated.
 */
export const CONTRACTS: ReadonlyMap<number, ContractVersion> = new Map([
  [CONTRACT, { readManifest, encodeRequest, readReply }],
]);
