import {
  AttemptLimits,
  DefaultTokenExchangePolicy,
  ExchangedTokens,
  PasswordCheck,
  ServiceTokens,
  TokenExchangePolicy,
  UserDirectory,
} from '@grantway/domain';
import { Provider } from '@nestjs/common';
import { OurExchangedTokens } from './exchanged-tokens.js';
import { OurServiceTokens } from './service-tokens.js';

/** What the grants ask for beside the stores. A deployment puts its own {@link TokenExchangePolicy} here (T11). */
export const GRANT_PORTS: Provider[] = [
  {
    provide: PasswordCheck,
    useFactory: (users: UserDirectory, limits: AttemptLimits) => new PasswordCheck(users, limits),
    inject: [UserDirectory, AttemptLimits],
  },
  { provide: ExchangedTokens, useClass: OurExchangedTokens },
  { provide: ServiceTokens, useClass: OurServiceTokens },
  { provide: TokenExchangePolicy, useClass: DefaultTokenExchangePolicy },
];
