import {
  AttemptLimits,
  DefaultTokenExchangePolicy,
  PasswordCheck,
  TokenExchangePolicy,
  UserDirectory,
} from '@grantway/domain';
import type { Provider } from '@nestjs/common';

/**
 * What the built-in grants ask for beside stores and tokens, wherever they run. A deployment puts its own
 * {@link TokenExchangePolicy} here (T11).
 */
export const GRANT_PORTS: Provider[] = [
  {
    provide: PasswordCheck,
    useFactory: (users: UserDirectory, limits: AttemptLimits) => new PasswordCheck(users, limits),
    inject: [UserDirectory, AttemptLimits],
  },
  { provide: TokenExchangePolicy, useClass: DefaultTokenExchangePolicy },
];
