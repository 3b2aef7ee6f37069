import { OAuthError } from '@grantway/protocol';
import { IsString, Matches } from 'class-validator';
import { OptionalParam, Param, paramRules, readParams, wireNames } from './params.js';

class TicketParams {
  @Param({ max: 8 })
  readonly ticket!: string;

  @Param()
  readonly venue!: string;

  @OptionalParam({ max: 4 })
  readonly seat?: string;
}

class NoParams {}

class BetterTicketParams extends TicketParams {
  @Param()
  readonly row!: string;
}

class StrictTicketParams extends TicketParams {
  @Param()
  @Matches(/^[A-Z]$/, { message: 'row is no letter' })
  readonly row!: string;

  @IsString({ message: 'gate is missing' })
  readonly gate!: string;
}

const form = (fields: Record<string, string>) => new Map(Object.entries(fields));
const read = (fields: Record<string, string>) => ({ ...readParams(TicketParams, form(fields)) });

function refusal(type: new () => object, fields: Record<string, string>): unknown {
  try {
    return readParams(type, form(fields));
  } catch (error) {
    return error instanceof OAuthError ? [error.code, error.detail.description] : error;
  }
}

describe('readParams', () => {
  it('house: gives the declared parameters', () => {
    expect(readParams(TicketParams, form({ ticket: 't', venue: 'v', seat: '1' }))).toBeInstanceOf(TicketParams);
    expect(read({ ticket: 't', venue: 'v', seat: '1' })).toEqual({ ticket: 't', venue: 'v', seat: '1' });
    expect(read({ ticket: 't', venue: 'v' }).seat).toBeUndefined();
  });

  it('TX-01 an undeclared parameter never reaches the grant', () => {
    const fields = {
      ticket: 't',
      venue: 'v',
      scope: 's',
      client_secret: 'x',
      constructor: 'c',
      toString: 'd',
      row: '1',
    };
    expect(
      Object.keys(read(fields))
        .sort()
        .filter((name) => name !== 'seat'),
    ).toEqual(['ticket', 'venue']);
  });

  it('HT-01 a parameter named __proto__ changes nothing', () => {
    const fields = new Map([
      ['ticket', 't'],
      ['venue', 'v'],
      ['__proto__', 'x'],
    ]);
    const params = readParams(TicketParams, fields);
    expect(Object.getPrototypeOf(params)).toBe(TicketParams.prototype);
  });

  it.each([
    ['a missing one', TicketParams, { venue: 'v' }, 'ticket is missing'],
    ['each missing, one of them', TicketParams, {}, 'ticket is missing'],
    ['one too long', TicketParams, { ticket: 'a'.repeat(9), venue: 'v' }, 'ticket is too long'],
    ['an optional one too long', TicketParams, { ticket: 't', venue: 'v', seat: '12345' }, 'seat is too long'],
    ['one too long for any', TicketParams, { ticket: 't', venue: 'v'.repeat(4_097) }, 'venue is too long'],
    ['a missing one before one too long', TicketParams, { ticket: 'a'.repeat(9) }, 'venue is missing'],
    [
      'one by a rule of its own',
      StrictTicketParams,
      { ticket: 't', venue: 'v', gate: 'g', row: '12' },
      'row is no letter',
    ],
    ['one by such a rule alone', StrictTicketParams, { ticket: 't', venue: 'v', row: 'A' }, 'gate is missing'],
    ['an inherited one', BetterTicketParams, { row: '1', venue: 'v' }, 'ticket is missing'],
  ])('RFC 6749 §5.2 TX-05 %s is named', (_what, type, fields, description) => {
    expect(refusal(type, fields as Record<string, string>)).toEqual(['invalid_request', description]);
  });

  it('TX-05 a value is never cut to fit: the longest allowed passes whole', () => {
    expect(read({ ticket: 'a'.repeat(8), venue: 'v'.repeat(4_096) }).venue).toHaveLength(4_096);
  });

  it('house: a grant without parameters gets none, whatever was sent', () => {
    expect(readParams(NoParams, form({ ticket: 't' }))).toEqual(new NoParams());
    expect(wireNames(NoParams)).toEqual([]);
  });

  it('house: a class that brought an sdk of its own is read by the rules it is marked with', () => {
    class Foreign {}
    Reflect.defineMetadata(
      Symbol.for('grantway:param-rules'),
      [{ name: 'ticket', required: true, max: 8 }],
      Foreign.prototype,
    );
    expect(readParams(Foreign, form({ ticket: 't', venue: 'v' }))).toEqual({ ticket: 't' });
    expect(refusal(Foreign, {})).toEqual(['invalid_request', 'ticket is missing']);
  });

  it('house: a class declares its own and its parents’ parameters', () => {
    expect([...wireNames(TicketParams)].sort()).toEqual(['seat', 'ticket', 'venue']);
    expect([...wireNames(BetterTicketParams)].sort()).toEqual(['row', 'seat', 'ticket', 'venue']);
  });
});

describe('paramRules', () => {
  it('house: reads what a class declared with an sdk of its own, as one has that is loaded by GRANTS', async () => {
    const theirs: typeof import('./params.js') = await import(`./params.js${'?theirs'}`);
    expect(theirs.Param).not.toBe(Param);
    class Params {
      @theirs.Param({ max: 8 })
      readonly ticket!: string;
    }
    expect(paramRules(Params)).toEqual([{ name: 'ticket', required: true, max: 8 }]);
  });
});
