import { SecretBox } from '@grantway/domain';

/** Keeps private signing keys unreadable at rest; an owner is `environment/kid`. */
export class KeyEncryption extends SecretBox {}
