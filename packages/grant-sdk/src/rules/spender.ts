import { GrantType } from '@grantway/protocol';
import { Spend } from '../issuance.js';

type Kinds<T> = T extends T ? keyof T : never;

/** The one grant type that may spend a kind of artifact, or `any`: a new kind does not compile without its row. */
export const SPENDER: Readonly<Record<Kinds<Spend>, string>> = {
  // Each grant has its own: the pipeline keeps them apart by the type.
  once: 'any',
  authorizationCode: GrantType.AuthorizationCode,
  refreshToken: GrantType.RefreshToken,
  deviceCode: GrantType.DeviceCode,
  backchannelRequest: GrantType.Ciba,
};

export function maySpend(type: string, kind: string): boolean {
  const spender = Object.hasOwn(SPENDER, kind) ? SPENDER[kind as Kinds<Spend>] : undefined;
  return spender === type || spender === 'any';
}
