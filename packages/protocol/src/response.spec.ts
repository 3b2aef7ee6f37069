import { canonicalResponseType, isKnownResponseType } from './response.js';

const isKnown = (value: string) => isKnownResponseType(canonicalResponseType(value));

describe('response_type', () => {
  it.each([
    ['code', 'code'],
    ['token id_token', 'id_token token'],
    ['token id_token code', 'code id_token token'],
    [' code  token ', 'code token'],
  ])('Multiple Response Types §3: the order of "%s" means nothing', (value, canonical) => {
    expect(canonicalResponseType(value)).toBe(canonical);
    expect(isKnown(value)).toBe(true);
  });

  it.each(['bogus', 'Code', 'code code', 'code bogus', '', ' ', 'code,token', 'code\ttoken'])(
    'A4 "%s" is no response type anybody offers',
    (value) => {
      expect(isKnown(value)).toBe(false);
    },
  );
});
