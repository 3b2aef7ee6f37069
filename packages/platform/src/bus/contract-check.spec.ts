import { BackchannelPush, HttpCall, OriginQuestion } from '@grantway/contracts';
import {
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';
import { contractCheck } from './contract-check.js';

class Inherited extends OriginQuestion {
  @Length(1, 3)
  @Matches(/^[a-z]+$/)
  readonly word!: string;

  @ValidateIf((_object, value) => value !== undefined)
  @IsInt()
  readonly count?: number;
}

class Undecorated {
  readonly requestId!: string;
}

const GOOD = {
  environmentId: 'acme',
  requestId: 'request-1',
  deadline: 1,
  receivedAt: 1,
  method: 'POST',
  ip: '192.0.2.1',
  query: {},
  form: { grant_type: ['client_credentials'] },
  cookies: {},
  authReqId: 'a',
  origin: 'https://spa.example',
  word: 'abc',
};

const CONTRACTS = { HttpCall, OriginQuestion, BackchannelPush, Inherited, Undecorated };

/** What the library says of a message. */
function accepted(contract: new () => object, message: object): boolean {
  return validateSync(Object.assign(new contract(), message), { stopAtFirstError: true }).length === 0;
}

describe('contractCheck', () => {
  it.each(Object.entries(CONTRACTS))(
    'IN-01 %s: accepts what class-validator accepts, and nothing else',
    (_, contract) => {
      const check = contractCheck<object>(contract);
      const fields = [
        ...Object.keys(GOOD),
        'traceparent',
        'id',
        'action',
        'json',
        'authorization',
        'fetchSite',
        'count',
      ];
      const odd = fc.oneof(
        fc.constantFrom(undefined, null, '', 'GET', 'none', 0, 1.5, Number.NaN, [], {}, '\ud800', 'a'.repeat(200)),
        fc.string(),
        fc.integer(),
        fc.dictionary(fc.string(), fc.array(fc.string())),
        fc.jsonValue(),
      );
      const changes = fc.dictionary(fc.constantFrom(...fields), odd, { maxKeys: 3 });
      fc.assert(
        fc.property(changes, fc.option(fc.constantFrom(...fields)), (changed, left) => {
          const message: Record<string, unknown> = { ...GOOD, ...changed };
          if (left !== null) delete message[left];
          expect(check(message) !== undefined).toBe(accepted(contract, message));
        }),
        { numRuns: 500 },
      );
    },
  );

  it('house: what fits comes back as the contract’s class, with every field it came with', () => {
    const message = { ...GOOD, beyond: true };
    const typed = contractCheck(HttpCall)(message);
    expect(typed).toBeInstanceOf(HttpCall);
    expect(typed).toEqual(Object.assign(new HttpCall(), message));
  });

  it.each([
    ['a prototype of its own', JSON.parse('{"__proto__":{}}')],
    ['a constructor of its own', { constructor: { name: 'HttpCall' } }],
    ['a constructor that is nothing', { constructor: null }],
  ])('IN-01 a message that is good but for %s is refused', (_, extra) => {
    const message = Object.defineProperties({ ...GOOD }, Object.getOwnPropertyDescriptors(extra));
    expect(contractCheck(HttpCall)(message)).toBeUndefined();
    expect(contractCheck(HttpCall)(GOOD)).toBeDefined();
  });

  it.each([undefined, null, 'text', 1, [], [GOOD]])('IN-01 %j is no message', (message) => {
    expect(contractCheck(HttpCall)(message)).toBeUndefined();
  });

  it('house: a rule it could not keep is told when a handler is hung up, not passed over', () => {
    class Inner {
      @IsString()
      readonly text!: string;
    }
    class Nested {
      @ValidateNested()
      readonly inner!: Inner;
    }
    class Each {
      @IsOptional()
      @IsString({ each: true })
      readonly texts?: string[];
    }
    class Grouped {
      @IsString({ groups: ['some'] })
      readonly text!: string;
    }
    for (const contract of [Nested, Each, Grouped]) expect(() => contractCheck<object>(contract)).toThrow(TypeError);
  });
});
