import { MasterKey, SigningKeys } from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

/** Signing and verifying for one process; needs the `SigningKeys` store of a global module. */
@Module({})
export class TokenSigningModule {
  static forRoot(masterKey: MasterKey): DynamicModule {
    const encryption = new KeyEncryption(masterKey.derive('key-encryption'));
    return {
      module: TokenSigningModule,
      global: true,
      providers: [
        { provide: KeyEncryption, useValue: encryption },
        { provide: KeyRing, useFactory: (keys: SigningKeys) => new KeyRing(keys, encryption), inject: [SigningKeys] },
        {
          provide: KeyLifecycle,
          useFactory: (keys: SigningKeys) => new KeyLifecycle(keys, encryption),
          inject: [SigningKeys],
        },
        { provide: TokenSigner, useFactory: (ring: KeyRing) => new TokenSigner(ring), inject: [KeyRing] },
        { provide: TokenVerifier, useFactory: (ring: KeyRing) => new TokenVerifier(ring), inject: [KeyRing] },
      ],
      exports: [KeyEncryption, KeyRing, KeyLifecycle, TokenSigner, TokenVerifier],
    };
  }
}
