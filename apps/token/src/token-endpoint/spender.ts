import { Spend } from '@grantway/domain';
import { GrantType } from '@grantway/protocol';

type Kinds<T> = T extends T ? keyof T : never;

/** The one grant type that may spend a kind of artifact: a new kind does not compile without its row. */
export const SPENDER: Readonly<Record<Kinds<Spend>, string>> = {
  authorizationCode: GrantType.AuthorizationCode,
  refreshToken: GrantType.RefreshToken,
  deviceCode: GrantType.DeviceCode,
  backchannelRequest: GrantType.Ciba,
};
