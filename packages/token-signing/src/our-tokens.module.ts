import { Authorizations, Clients, ExchangedTokens, ServiceTokens, Sessions } from '@grantway/domain';
import { DynamicModule, Module } from '@nestjs/common';
import { AccessTokenReader } from './access-token-reader.js';
import { OurExchangedTokens } from './exchanged-tokens.js';
import { OurServiceTokens } from './service-tokens.js';
import { TokenHolders } from './token-holders.js';
import { TokenVerifier } from './token-verifier.js';

/** Tokens of this installation as grants ask about them. Needs {@link TokenSigningModule} and the stores of global modules. */
@Module({})
export class OurTokensModule {
  /** @param publicUrl what every issuer begins with */
  static forRoot(publicUrl: string): DynamicModule {
    return {
      module: OurTokensModule,
      providers: [
        {
          provide: ExchangedTokens,
          useFactory: (...parts: Tail<ConstructorParameters<typeof OurExchangedTokens>>) =>
            new OurExchangedTokens(publicUrl, ...parts),
          inject: [AccessTokenReader, TokenVerifier, Clients, TokenHolders, Sessions, Authorizations],
        },
        {
          provide: ServiceTokens,
          useFactory: (verifier: TokenVerifier) => new OurServiceTokens(publicUrl, verifier),
          inject: [TokenVerifier],
        },
      ],
      exports: [ExchangedTokens, ServiceTokens],
    };
  }
}

type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;
