import type { DevicePolicy } from '@grantway/domain';
import { aPublicClient } from '@grantway/testing';
import { verificationUris } from './verification-uri.js';

const PAGE = 'https://login.example/acme/device';
const own = (verificationUri: string) => ({ verificationUri });

describe('verification URIs, D10', () => {
  it.each<[string, Partial<DevicePolicy>, string, string | undefined]>([
    ['the general page', {}, PAGE, `${PAGE}?user_code=WDJB-MJHT`],
    ['the client’s path', { pathId: 'living-room' }, `${PAGE}/living-room`, `${PAGE}/living-room?user_code=WDJB-MJHT`],
    ['its own address', own('https://tv.example/link'), 'https://tv.example/link', undefined],
    [
      'its own address, whatever its path id',
      { pathId: 'living-room', ...own('https://tv.example/link') },
      'https://tv.example/link',
      undefined,
    ],
    [
      'a place in the query',
      own('https://tv.example/link?lang=en&code={user_code}'),
      'https://tv.example/link?lang=en',
      'https://tv.example/link?lang=en&code=WDJB-MJHT',
    ],
    [
      'a place in the path',
      own('https://tv.example/link/{user_code}'),
      'https://tv.example/link',
      'https://tv.example/link/WDJB-MJHT',
    ],
    [
      'a place in the fragment',
      own('https://tv.example/link#{user_code}'),
      'https://tv.example/link',
      'https://tv.example/link#WDJB-MJHT',
    ],
  ])('%s', (_what, device, uri, complete) => {
    const client = aPublicClient({ device: { refresh: false, ...device } });
    expect(verificationUris('https://login.example', client, 'WDJB-MJHT')).toEqual({
      verification_uri: uri,
      ...(complete !== undefined && { verification_uri_complete: complete }),
    });
  });
});
