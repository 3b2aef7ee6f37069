import { Ledger } from './ledger.js';

const held = (token: string) => ({ token, asker: 'web' });

describe('the ledger of a run', () => {
  it('I1 the same success again is one, another one is a double spend', () => {
    const ledger = new Ledger();
    ledger.spent('refresh a', 'b');
    ledger.spent('refresh a', 'b');
    expect(ledger.spending).toEqual({ artifacts: 1, twice: [] });
    ledger.spent('refresh a', 'c');
    expect(ledger.spending).toEqual({ artifacts: 1, twice: ['refresh a'] });
  });

  it('I2 I3 what is at risk is neither live nor gone', () => {
    const ledger = new Ledger();
    ledger.received(held('a'), held('b'));
    ledger.letGo('a');
    expect([...ledger.live]).toEqual([held('b')]);
    expect([...ledger.gone]).toEqual([]);
    ledger.revoked(held('a'));
    expect([...ledger.gone]).toEqual([held('a')]);
    expect([ledger.issued, ledger.revocations]).toEqual([2, 1]);
  });
});
