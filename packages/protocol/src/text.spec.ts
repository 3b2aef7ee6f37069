import { isStorable } from './text.js';

describe('text that can be stored', () => {
  it.each(['', 'a', 'é\u{1F600}', '\u0001', '\ufeff'])('house: %j', (text) => {
    expect(isStorable(text)).toBe(true);
  });

  it.each(['\0', 'a\0b', '\ud800', 'a\udc00', '\udc00\ud800'])('house: %j is not', (text) => {
    expect(isStorable(text)).toBe(false);
  });
});
