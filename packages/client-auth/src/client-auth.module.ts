import { AttemptLimits, Clients, MasterKey, Outbound, SecretBox, UsedJwts } from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { ClientAuthenticator } from './client-authenticator.js';
import { ClientSecretBasicMethod } from './client-secret-basic/client-secret-basic.method.js';
import { ClientSecretHasher } from './client-secret-hasher.js';
import { ClientSecretJwtMethod } from './client-secret-jwt/client-secret-jwt.method.js';
import { ClientSecretPostMethod } from './client-secret-post/client-secret-post.method.js';
import { ClientJwtVerifier } from './jwt/client-jwt.verifier.js';
import { ClientKeySets } from './jwt/client-key-sets.js';
import { NoneMethod } from './none/none.method.js';
import { PrivateKeyJwtMethod } from './private-key-jwt/private-key-jwt.method.js';

/**
 * Every client authentication method, and what verifies the other JWTs of clients, for the services that need them. The stores
 * and `Outbound` come from global modules.
 */
@Module({})
export class ClientAuthModule {
  static forRoot(masterKey: MasterKey): DynamicModule {
    const hasher = new ClientSecretHasher(masterKey.derive('client-secret'));
    const box = new SecretBox(masterKey.derive('sealed-secret'));
    return {
      module: ClientAuthModule,
      providers: [
        { provide: ClientSecretHasher, useValue: hasher },
        { provide: ClientKeySets, useFactory: (outbound: Outbound) => new ClientKeySets(outbound), inject: [Outbound] },
        {
          provide: ClientJwtVerifier,
          useFactory: (keySets: ClientKeySets, used: UsedJwts) => new ClientJwtVerifier(keySets, box, used),
          inject: [ClientKeySets, UsedJwts],
        },
        {
          provide: ClientAuthenticator,
          useFactory: (verifier: ClientJwtVerifier, clients: Clients, limits: AttemptLimits) => {
            const methods = [
              new ClientSecretBasicMethod(hasher),
              new ClientSecretPostMethod(hasher),
              new ClientSecretJwtMethod(verifier),
              new PrivateKeyJwtMethod(verifier),
              new NoneMethod(),
            ];
            return new ClientAuthenticator(methods, clients, limits);
          },
          inject: [ClientJwtVerifier, Clients, AttemptLimits],
        },
      ],
      exports: [ClientSecretHasher, ClientAuthenticator, ClientJwtVerifier],
    };
  }
}
