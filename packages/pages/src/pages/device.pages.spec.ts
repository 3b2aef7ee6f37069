import { renderPage } from '../render-page.js';
import { aDeviceConsent, aForm } from '../testing/page-mothers.js';
import { field, hiddenFields, tags, text } from '../testing/read-html.js';

const code = { page: 'device-code', environmentName: 'Northwind', form: aForm, username: 'ada' } as const;

describe('the page for a device’s code', () => {
  it('D6 says as whom, and what came with the address is only filled in', () => {
    const html = renderPage({ ...code, userCode: 'WDJB-MJHT' });
    expect(text(html)).toContain('Signed in as ada');
    expect(field(html, 'userCode')).toMatchObject({ value: 'WDJB-MJHT', type: 'text', autocomplete: 'off' });
    expect(hiddenFields(html).map((fields) => fields.at(-1))).toEqual([
      ['action', 'session.reset'],
      ['action', 'deviceAuthGrant.userCode.verify'],
      ['action', 'flow.cancel'],
    ]);
  });

  it('D7 a code that fits nothing has one message', () => {
    const html = renderPage({ ...code, userCode: 'XXXX', problem: { kind: 'wrong' } });
    expect(text(html)).toContain('No device is waiting with that code.');
    expect(field(html, 'userCode')).toMatchObject({ 'aria-invalid': 'true', value: 'XXXX' });
  });
});

describe('the consent page for a device', () => {
  it('DV-05 D6 names client, scopes, code and person, and warns', () => {
    const words = text(
      renderPage(aDeviceConsent({ scopes: [{ name: 'orders:read', description: 'See your orders' }] })),
    );
    for (const part of ['Field Notes TV', 'WDJB-MJHT', 'See your orders', 'Signed in as ada', 'in front of you']) {
      expect(words).toContain(part);
    }
  });

  it('DV-05 refusing is as prominent as allowing, and nothing decides by itself', () => {
    const html = renderPage(aDeviceConsent());
    const buttons = tags(html, 'button').filter(({ attributes }) => attributes['name'] === 'accept');
    expect(buttons.map(({ attributes }) => [attributes['value'], attributes['class']])).toEqual([
      ['true', 'button'],
      ['false', 'button neutral'],
    ]);
    expect(tags(html).some(({ attributes }) => 'autofocus' in attributes)).toBe(false);
  });

  it('AZ-11 what a client is called stays text', () => {
    const html = renderPage(aDeviceConsent({ clientName: '<b>TV</b>', userCode: '"><i>' }));
    expect(tags(html, 'b')).toEqual([]);
    expect(tags(html, 'i')).toEqual([]);
  });
});

describe('the end of a visit', () => {
  it.each([
    ['device_allowed', 'Go back to your device'],
    ['device_refused', 'It gets no access'],
    ['device_gone', 'answered already, or has expired'],
    ['cancelled', 'Nothing was changed'],
  ] as const)('house: %s is said plainly', (outcome, words) => {
    const html = renderPage({ page: 'flow-end', environmentName: 'Northwind', outcome, again: '/demo/device' });
    expect(text(html)).toContain(words);
    expect(tags(html, 'form')).toEqual([]);
    expect(tags(html, 'a').map(({ attributes }) => attributes['href'])).toContain('/demo/device');
  });
});
