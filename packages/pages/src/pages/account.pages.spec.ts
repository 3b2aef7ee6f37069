import type { FlowProblem, PageModel } from '@grantway/contracts';
import { renderPage } from '../render-page.js';
import { aForm } from '../testing/page-mothers.js';
import { field, hiddenFields, tags, text } from '../testing/read-html.js';

const base = { environmentName: 'Northwind', form: aForm };
const BACK = '/demo/signon?flowId=flow_0198';

type Account = Extract<
  PageModel,
  { page: 'forgot-password' | 'recover-password' | 'change-password' | 'registration' | 'verification' }
>;
const PAGES: Record<Account['page'], (problem?: FlowProblem) => Account> = {
  'forgot-password': (problem) => ({ ...base, page: 'forgot-password', back: BACK, ...(problem && { problem }) }),
  'recover-password': (problem) => ({
    ...base,
    page: 'recover-password',
    username: 'ada',
    ...(problem && { problem }),
  }),
  'change-password': (problem) => ({ ...base, page: 'change-password', username: 'ada', ...(problem && { problem }) }),
  registration: (problem) => ({ ...base, page: 'registration', back: BACK, ...(problem && { problem }) }),
  verification: (problem) => ({ ...base, page: 'verification', username: 'ada', ...(problem && { problem }) }),
};

describe('the pages about one’s own account', () => {
  it.each([
    ['forgot-password', ['password.forgot'], [['username', 'username']]],
    [
      'recover-password',
      ['password.recover', 'password.sendRecoveryCode', 'session.reset'],
      [
        ['recoveryCode', 'one-time-code'],
        ['newPassword', 'new-password'],
      ],
    ],
    [
      'change-password',
      ['password.reset', 'session.reset'],
      [
        ['currentPassword', 'current-password'],
        ['newPassword', 'new-password'],
      ],
    ],
    [
      'registration',
      ['user.register'],
      [
        ['username', 'username'],
        ['email', 'email'],
        ['password', 'new-password'],
      ],
    ],
    [
      'verification',
      ['user.verify', 'user.sendVerificationCode', 'session.reset'],
      [['verificationCode', 'one-time-code']],
    ],
  ] as const)(
    'WCAG 1.3.5 %s: its forms, and fields with a label that say what they are for',
    (page, actions, fields) => {
      const html = renderPage(PAGES[page]());
      expect(hiddenFields(html)).toEqual(
        actions.map((action) => [
          ['flowId', 'flow_0198'],
          ['csrf', 'c5rf'],
          ['action', action],
        ]),
      );
      expect(tags(html, 'label').map(({ attributes }) => attributes['for'])).toEqual(fields.map(([name]) => name));
      for (const [name, autocomplete] of fields) {
        expect(field(html, name)).toMatchObject({ id: name, autocomplete });
        expect(field(html, name)?.['type']).toBe(/password/i.test(name) ? 'password' : 'text');
      }
    },
  );

  it.each([
    ['recover-password', undefined, 'recoveryCode'],
    ['recover-password', { kind: 'wrong' }, 'recoveryCode'],
    ['recover-password', { kind: 'weak', field: 'newPassword', rule: 'length' }, 'newPassword'],
    ['recover-password', { kind: 'missing', fields: ['recoveryCode', 'newPassword'] }, 'recoveryCode'],
    ['change-password', { kind: 'wrong' }, 'currentPassword'],
    ['change-password', { kind: 'missing', fields: ['newPassword'] }, 'newPassword'],
    ['registration', undefined, 'username'],
    ['registration', { kind: 'malformed', fields: ['email'] }, 'email'],
    ['registration', { kind: 'weak', field: 'password', rule: 'username' }, 'password'],
    ['registration', { kind: 'taken' }, 'username'],
    ['verification', { kind: 'wrong' }, 'verificationCode'],
  ] as const)('house: on %s with %j the focus starts at %s', (page, problem, expected) => {
    const html = renderPage(PAGES[page](problem));
    const focused = tags(html, 'input').filter(({ attributes }) => 'autofocus' in attributes);
    expect(focused.map(({ attributes }) => attributes['name'])).toEqual([expected]);
  });

  it.each([
    ['registration', { kind: 'malformed', fields: ['email'] }, 'email', 'Enter an email address'],
    ['registration', { kind: 'weak', field: 'password', rule: 'length' }, 'password', '8 to 256 characters'],
    ['change-password', { kind: 'weak', field: 'newPassword', rule: 'same' }, 'newPassword', 'not the one you have'],
    ['verification', { kind: 'missing', fields: ['verificationCode'] }, 'verificationCode', 'Enter the code'],
  ] as const)('WCAG 3.3.1 %s %j is told in the summary and beside the field', (page, problem, name, words) => {
    const html = renderPage(PAGES[page](problem));
    expect(tags(html, 'a').map(({ attributes }) => attributes['href'])).toContain(`#${name}`);
    expect(field(html, name)).toMatchObject({ 'aria-invalid': 'true' });
    expect(field(html, name)?.['aria-describedby']).toContain(`${name}-problem summary`);
    expect(text(html)).toContain(words);
    expect(html).toContain('<title>Problem: ');
  });

  it('WCAG 3.3.2 a rule is said before one types, and read with the field', () => {
    const html = renderPage(PAGES.registration());
    expect(field(html, 'password')?.['aria-describedby']).toBe('password-hint');
    expect(text(html)).toContain('At least 8 characters');
  });

  it('SE-02 the page after a forgotten password does not say whether there is such an account', () => {
    expect(text(renderPage(PAGES['recover-password']()))).toContain('If there is an account named ada ,');
  });

  it('house: no password and no code comes back', () => {
    for (const make of Object.values(PAGES)) {
      for (const { attributes } of tags(renderPage(make({ kind: 'wrong' })), 'input')) {
        if (/password|code/i.test(attributes['name'] ?? '')) expect(attributes).not.toHaveProperty('value');
      }
    }
  });
});
