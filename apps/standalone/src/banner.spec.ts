import { EnvironmentConfig } from '@grantway/domain';
import { banner } from './banner.js';

const environment = (id: string) => ({ environment: { id } }) as EnvironmentConfig;

describe('the banner', () => {
  it('house: with the demo file it names user, playground and a command that works', () => {
    const text = banner('http://localhost:3000', [environment('demo')], true);
    expect(text).toContain('ada');
    expect(text).toContain('http://localhost:3000/playground');
    expect(text).toContain('curl -u service:demo-secret');
  });

  it('house: of somebody’s own environments, even one called demo, it knows the issuers alone', () => {
    const text = banner('https://login.example', [environment('demo'), environment('shop')], false);
    expect(text.match(/https:\/\/\S+/g)).toEqual(['https://login.example/demo/as', 'https://login.example/shop/as']);
    expect(text).not.toContain('ada');
  });
});
