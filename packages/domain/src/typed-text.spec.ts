import { cutText } from './typed-text.js';

describe('typed text that is kept', () => {
  it.each([
    ['alice', 'alice'],
    ['a'.repeat(300), 'a'.repeat(256)],
    [`${'a'.repeat(255)}😀`, `${'a'.repeat(255)}😀`],
    [`${'a'.repeat(256)}😀`, 'a'.repeat(256)],
    ['😀'.repeat(300), '😀'.repeat(256)],
    [`a${'😀'.repeat(300)}`, `a${'😀'.repeat(255)}`],
    ['a\ud83d', 'a\ufffd'],
    ['\ude00a', '\ufffda'],
  ])('house: %j ends where a character does', (text, kept) => {
    expect(cutText(text)).toBe(kept);
  });
});
