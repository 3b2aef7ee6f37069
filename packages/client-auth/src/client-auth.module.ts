import { AttemptLimits, Clients, MasterKey } from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { ClientAuthenticator } from './client-authenticator.js';
import { ClientSecretBasicMethod } from './client-secret-basic/client-secret-basic.method.js';
import { ClientSecretHasher } from './client-secret-hasher.js';
import { ClientSecretPostMethod } from './client-secret-post/client-secret-post.method.js';
import { NoneMethod } from './none/none.method.js';

/** Every client authentication method, for the services that authenticate clients. */
@Module({})
export class ClientAuthModule {
  static forRoot(masterKey: MasterKey): DynamicModule {
    const hasher = new ClientSecretHasher(masterKey.derive('client-secret'));
    const methods = [new ClientSecretBasicMethod(hasher), new ClientSecretPostMethod(hasher), new NoneMethod()];
    return {
      module: ClientAuthModule,
      providers: [
        { provide: ClientSecretHasher, useValue: hasher },
        {
          provide: ClientAuthenticator,
          useFactory: (clients: Clients, limits: AttemptLimits) => new ClientAuthenticator(methods, clients, limits),
          inject: [Clients, AttemptLimits],
        },
      ],
      exports: [ClientSecretHasher, ClientAuthenticator],
    };
  }
}
