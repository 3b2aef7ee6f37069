import {
  Authorizations,
  Clients,
  KeySchedule,
  MasterKey,
  OpaqueAccessTokens,
  RevokedTokens,
  ServiceAccounts,
  SigningKeys,
  UserDirectory,
} from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { AccessTokenMinter } from './access-token-minter.js';
import { AccessTokenOpener } from './access-token-opener.js';
import { AccessTokenReader } from './access-token-reader.js';
import { IdTokenMinter } from './id-token-minter.js';
import { KeyEncryption } from './key-encryption.js';
import { KeyLifecycle } from './key-lifecycle.js';
import { KeyRing } from './key-ring.js';
import { KeyRotation } from './key-rotation.js';
import { ServiceTokenMinter } from './service-token-minter.js';
import { TokenHolders } from './token-holders.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

/** Signing, verifying and reading for one process; needs the stores of a global module. */
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
        {
          provide: KeyRotation,
          useFactory: (...parts: ConstructorParameters<typeof KeyRotation>) => new KeyRotation(...parts),
          inject: [SigningKeys, KeySchedule, KeyLifecycle, KeyRing],
        },
        { provide: TokenSigner, useFactory: (ring: KeyRing) => new TokenSigner(ring), inject: [KeyRing] },
        {
          provide: AccessTokenMinter,
          useFactory: (signer: TokenSigner, opaque: OpaqueAccessTokens) => new AccessTokenMinter(signer, opaque),
          inject: [TokenSigner, OpaqueAccessTokens],
        },
        {
          provide: IdTokenMinter,
          useFactory: (signer: TokenSigner) => new IdTokenMinter(signer),
          inject: [TokenSigner],
        },
        {
          provide: ServiceTokenMinter,
          useFactory: (signer: TokenSigner) => new ServiceTokenMinter(signer),
          inject: [TokenSigner],
        },
        { provide: TokenVerifier, useFactory: (ring: KeyRing) => new TokenVerifier(ring), inject: [KeyRing] },
        {
          provide: AccessTokenOpener,
          useFactory: (verifier: TokenVerifier, opaque: OpaqueAccessTokens) => new AccessTokenOpener(verifier, opaque),
          inject: [TokenVerifier, OpaqueAccessTokens],
        },
        {
          provide: TokenHolders,
          useFactory: (users: UserDirectory, accounts: ServiceAccounts) => new TokenHolders(users, accounts),
          inject: [UserDirectory, ServiceAccounts],
        },
        {
          provide: AccessTokenReader,
          useFactory: (...parts: ConstructorParameters<typeof AccessTokenReader>) => new AccessTokenReader(...parts),
          inject: [AccessTokenOpener, RevokedTokens, Authorizations, Clients, TokenHolders],
        },
      ],
      exports: [
        ...[KeyEncryption, KeyRing, KeyLifecycle, KeyRotation, TokenSigner, AccessTokenMinter, IdTokenMinter],
        ...[ServiceTokenMinter, TokenVerifier, AccessTokenOpener, TokenHolders, AccessTokenReader],
      ],
    };
  }
}
