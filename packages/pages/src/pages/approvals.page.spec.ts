import type { ApprovalRequest, ApprovalsPage } from '@grantway/contracts';
import { renderPage } from '../render-page.js';
import { hiddenFields, tags, text } from '../testing/read-html.js';

const TILL: ApprovalRequest = {
  id: 'request-1',
  csrf: 'c5rf',
  clientName: 'Corner Shop',
  bindingMessage: 'Till 4 · 17,20 €',
  scopes: [{ name: 'payments:make', description: 'Pay for you' }],
  age: 12,
  expiresIn: 288,
};

function page(changes: Partial<ApprovalsPage> = {}): string {
  const model = { environmentName: 'Northwind', username: 'ada', action: '/demo/approvals', requests: [TILL] };
  return renderPage({ page: 'approvals', ...model, ...changes });
}

describe('the approvals page', () => {
  it('B12 says who asks for what, with the message word for word, and for how long', () => {
    const words = text(page());
    expect(words).toContain('Corner Shop asks you to allow this');
    expect(words).toContain('Till 4 · 17,20 €');
    expect(words).toContain('Pay for you');
    expect(words).toContain('Signed in as ada');
    expect(words).toContain('Asked 12 seconds ago, good for 5 minutes more');
  });

  it('B12 each request has a form of its own with both answers, of one size', () => {
    const html = page({ requests: [TILL, { ...TILL, id: 'request-2', csrf: 'other' }] });
    expect(hiddenFields(html)).toEqual([
      [
        ['request', 'request-1'],
        ['csrf', 'c5rf'],
      ],
      [
        ['request', 'request-2'],
        ['csrf', 'other'],
      ],
    ]);
    const answers = tags(html, 'button').map(({ attributes }) => [attributes['name'], attributes['value']]);
    expect(answers).toEqual([...CHOICE, ...CHOICE]);
    expect(html.match(/class="choice"/g)).toHaveLength(2);
  });
  const CHOICE = [
    ['verdict', 'approve'],
    ['verdict', 'deny'],
  ];

  it('house: nothing decides by itself, neither Enter in a field nor focus on load', () => {
    const html = page();
    expect(tags(html, 'input').every(({ attributes }) => attributes['type'] === 'hidden')).toBe(true);
    expect(tags(html).some(({ attributes }) => 'autofocus' in attributes)).toBe(false);
  });

  it('AZ-11 what a client wrote is text', () => {
    const html = page({ requests: [{ ...TILL, clientName: '<b>Bank</b>', bindingMessage: '<script>1</script>' }] });
    expect(html).not.toContain('<b>Bank');
    expect(html).not.toContain('<script');
    expect(text(html)).toContain('&lt;script>1&lt;/script>');
  });

  it('house: when nobody asks, it says so', () => {
    const html = page({ requests: [] });
    expect(text(html)).toContain('Nothing waits for you');
    expect(tags(html, 'form')).toEqual([]);
  });

  it.each([
    ['approved', 'You allowed it for Till'],
    ['denied', 'You denied it to Till'],
    ['expired', 'It was too late to answer Till'],
  ] as const)('house: what became of an answer is said: %s', (outcome, words) => {
    expect(text(page({ answered: { clientName: 'Till', outcome } }))).toContain(words);
  });
});
