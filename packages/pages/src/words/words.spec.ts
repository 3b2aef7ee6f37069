import { durationWords } from './duration-words.js';
import { scopeWords } from './scope-words.js';

describe('how long to wait', () => {
  it.each([
    [1, '1 second'],
    [0.2, '1 second'],
    [45, '45 seconds'],
    [90, '90 seconds'],
    [91, '2 minutes'],
    [3600, '60 minutes'],
    [7200, '2 hours'],
    [0, 'a moment'],
    [-1, 'a moment'],
    [Number.NaN, 'a moment'],
  ])('house: %d seconds are %s, never less than the truth', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });
});

describe('what a scope lets a client do', () => {
  it.each(['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])(
    'OIDC Core §5.4, §11: %s is said in plain words',
    (name) => {
      expect(scopeWords({ name, description: '' })).toEqual(expect.not.objectContaining({ code: name }));
    },
  );

  it('house: the environment’s own description comes first', () => {
    expect(scopeWords({ name: 'email', description: ' Write to you ' })).toEqual({ title: 'Write to you' });
  });

  it.each(['invoices:read', 'constructor', '__proto__'])('house: %s, undescribed, is shown by its name', (name) => {
    expect(scopeWords({ name, description: '' })).toEqual({ title: 'Use a permission named', code: name });
    expect(scopeWords({ name, description: name })).toEqual({ title: 'Use a permission named', code: name });
  });
});
