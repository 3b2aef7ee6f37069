import { renderPage } from '../render-page.js';
import { aSignOn } from '../testing/page-mothers.js';
import { field, hiddenFields, tags, text } from '../testing/read-html.js';

describe('the sign-on page', () => {
  it('house: posts the flow, the AZ-15 token and the action', () => {
    const html = renderPage(aSignOn());
    expect(tags(html, 'form')).toEqual([
      { name: 'form', attributes: { method: 'post', action: '/demo/signon', novalidate: '' } },
      { name: 'form', attributes: { method: 'post', action: '/demo/signon', novalidate: '' } },
    ]);
    expect(hiddenFields(html)).toEqual([
      [
        ['flowId', 'flow_0198'],
        ['csrf', 'c5rf'],
        ['action', 'usernamePassword.check'],
      ],
      [
        ['flowId', 'flow_0198'],
        ['csrf', 'c5rf'],
        ['action', 'flow.cancel'],
      ],
    ]);
  });

  it('house: where it is about one name, somebody else can start over', () => {
    const actions = (html: string) => hiddenFields(html).map((form) => form.at(-1)?.[1]);
    expect(actions(renderPage(aSignOn({ username: 'ada', startOver: true })))).toEqual([
      ...['usernamePassword.check', 'session.reset', 'flow.cancel'],
    ]);
    expect(actions(renderPage(aSignOn({ username: 'ada' })))).not.toContain('session.reset');
  });

  it('WCAG 1.3.5: fields have a label and say what they are for', () => {
    const html = renderPage(aSignOn());
    expect(tags(html, 'label').map(({ attributes }) => attributes['for'])).toEqual(['username', 'password']);
    expect(field(html, 'username')).toMatchObject({ id: 'username', type: 'text', autocomplete: 'username' });
    expect(field(html, 'password')).toMatchObject({
      id: 'password',
      type: 'password',
      autocomplete: 'current-password',
    });
  });

  it('house: a password is never shown again', () => {
    expect(field(renderPage(aSignOn({ username: 'ada', problem: { kind: 'wrong' } })), 'password')).not.toHaveProperty(
      'value',
    );
  });

  it.each([
    ['nothing is filled in', {}, 'username'],
    ['the username is known', { username: 'ada' }, 'password'],
    ['the username is empty', { username: '' }, 'username'],
    ['both are missing', { problem: { kind: 'missing', fields: ['username', 'password'] } }, 'username'],
    ['the password is missing', { username: 'ada', problem: { kind: 'missing', fields: ['password'] } }, 'password'],
    ['they were wrong', { username: 'ada', problem: { kind: 'wrong' } }, 'password'],
    ['one has to wait', { username: 'ada', problem: { kind: 'wait', seconds: 9 } }, 'password'],
  ] as const)('house: focus starts at the first field to fill in when %s', (_when, changes, expected) => {
    const focused = tags(renderPage(aSignOn(changes)), 'input').filter(({ attributes }) => 'autofocus' in attributes);
    expect(focused.map(({ attributes }) => attributes['name'])).toEqual([expected]);
  });

  it('WCAG 3.3.1: a missing field is named in the summary and beside itself', () => {
    const html = renderPage(aSignOn({ username: 'ada', problem: { kind: 'missing', fields: ['password'] } }));
    expect(tags(html).find(({ attributes }) => attributes['role'] === 'alert')?.attributes['id']).toBe('summary');
    expect(tags(html, 'a').map(({ attributes }) => attributes['href'])).toEqual(['#password']);
    expect(field(html, 'password')).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': 'password-problem summary',
    });
    expect(field(html, 'username')).not.toHaveProperty('aria-invalid');
    expect(tags(html, 'title')).toHaveLength(1);
    expect(html).toContain('<title>Problem: Sign in · Northwind</title>');
  });

  it('house: wrong does not tell which of the two was wrong', () => {
    const html = renderPage(aSignOn({ username: 'ada', problem: { kind: 'wrong' } }));
    for (const name of ['username', 'password']) {
      expect(field(html, name)).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'summary' });
    }
    expect(text(html)).toContain('That username and password don’t match.');
  });

  it('house: waiting says how long and blames no field', () => {
    const html = renderPage(aSignOn({ username: 'ada', problem: { kind: 'wait', seconds: 45 } }));
    expect(text(html)).toContain('Wait 45 seconds , then try again.');
    expect(field(html, 'username')).not.toHaveProperty('aria-invalid');
    expect(field(html, 'password')).toMatchObject({ 'aria-describedby': 'summary' });
  });

  it('house: other ways in are shown where there are any', () => {
    const ways = { recovery: '/demo/signon?view=recovery', registration: '/demo/signon?view=registration' };
    const links = (changes: object) =>
      tags(renderPage(aSignOn(changes)), 'a').map(({ attributes }) => attributes['href']);
    expect(links(ways)).toEqual([ways.recovery, ways.registration]);
    expect(links({})).toEqual([]);
  });

  it('house: without a client it is about one’s own account', () => {
    const { clientName: _, ...own } = aSignOn();
    expect(text(renderPage(own))).toContain('to continue to your account');
  });

  it('house: a password that was just changed is good news, until something is wrong', () => {
    const changed = aSignOn({ username: 'ada', passwordChanged: true });
    const html = renderPage(changed);
    expect(tags(html).find(({ attributes }) => attributes['role'] === 'status')).toBeDefined();
    expect(text(html)).toContain('Your password was changed.');
    expect(text(renderPage({ ...changed, problem: { kind: 'wrong' } }))).not.toContain('was changed');
  });
});
