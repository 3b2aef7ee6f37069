import { ClientSecretHasher } from '@grantway/client-auth';
import { MasterKey, SecretBox } from '@grantway/domain';
import { SecretKeeper } from './environment-file/to-config.js';

/** Secrets as the services of one installation expect them. */
export function keeperOf(masterKey: MasterKey): SecretKeeper {
  const hasher = new ClientSecretHasher(masterKey.derive('client-secret'));
  const box = new SecretBox(masterKey.derive('sealed-secret'));
  return {
    hash: (secret) => hasher.hash(secret),
    wrapSha256: (digest) => hasher.wrapSha256(digest),
    seal: (secret, owner) => box.seal(secret, owner).toString('base64url'),
  };
}
