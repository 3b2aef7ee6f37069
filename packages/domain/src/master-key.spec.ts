import { MasterKey } from './master-key.js';

const TEXT = Buffer.alloc(32, 5).toString('base64url');

describe('MasterKey', () => {
  it('design §6 every purpose has a key of its own, the same in every process', () => {
    const purposes = ['key-encryption', 'refresh-token', 'client-secret'] as const;
    const keys = purposes.map((purpose) => MasterKey.parse(TEXT).derive(purpose).toString('hex'));
    expect(keys).toEqual(purposes.map((purpose) => MasterKey.parse(TEXT).derive(purpose).toString('hex')));
    expect(new Set([...keys, Buffer.alloc(32, 5).toString('hex')]).size).toBe(4);
    expect(MasterKey.parse(TEXT).derive('key-encryption')).toHaveLength(32);
  });

  it('design §6 another master key, other keys', () => {
    const other = MasterKey.parse(Buffer.alloc(32, 6).toString('base64url'));
    expect(other.derive('refresh-token').equals(MasterKey.parse(TEXT).derive('refresh-token'))).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['31 bytes', Buffer.alloc(31, 5).toString('base64url')],
    ['33 bytes', Buffer.alloc(33, 5).toString('base64url')],
    ['a line break at the end', `${TEXT}\n`],
    ['characters that do not belong', `${TEXT.slice(0, 20)}!!${TEXT.slice(20)}`],
    ['padding', `${TEXT}=`],
    ['hex', Buffer.alloc(32, 5).toString('hex')],
  ])('HT-06 %s is refused without being told', (_what, text) => {
    expect(() => MasterKey.parse(text)).toThrow(/^must be 32 bytes in base64url$/);
  });

  it('HT-06 it does not show in a log', () => {
    expect(JSON.stringify(MasterKey.parse(TEXT))).toBe('{}');
  });
});
