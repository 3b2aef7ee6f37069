import { type Manifest, readManifest } from '@grantway/grant-sdk/contract';
import { grantMetadata } from './grant-metadata.js';

const ISSUER = 'https://login.example/acme/as';
const manifest = (name: string, metadata?: Manifest['metadata']) =>
  readManifest({
    ...{ contract: 1, slug: name, type: `urn:example:${name}`, clients: 'any', params: [] },
    ...(metadata && { metadata }),
  });

describe('grantMetadata, design section 5', () => {
  const device = manifest('device-code', { paths: { device_authorization_endpoint: '/device_authorization' } });
  const modes = {
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_user_code_parameter_supported: true,
  };
  const ciba = manifest('ciba', { values: modes });

  it('RFC 8628 §4 paths lie below the issuer, values are said as they are', () => {
    expect(grantMetadata([device, ciba, manifest('plain')], [device.type, ciba.type], ISSUER)).toEqual({
      device_authorization_endpoint: `${ISSUER}/device_authorization`,
      ...modes,
    });
  });

  it('house: a grant that is off here adds nothing', () => {
    expect(grantMetadata([device, ciba], [device.type], ISSUER)).not.toHaveProperty(
      'backchannel_user_code_parameter_supported',
    );
    expect(grantMetadata([device, ciba], [], ISSUER)).toEqual({});
  });
});
