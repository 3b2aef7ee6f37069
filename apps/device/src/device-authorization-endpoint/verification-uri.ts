import { Client } from '@grantway/domain';

const PLACEHOLDER = '{user_code}';
const ENCODED_PLACEHOLDER = '%7Buser_code%7D';

/** RFC 8628 §3.2. */
export interface VerificationUris {
  readonly verification_uri: string;
  readonly verification_uri_complete?: string;
}

/** D10: our page, or the client's own; that one gets the code only where its address has a place for it. */
export function verificationUris(
  publicUrl: string,
  { environmentId, device }: Client,
  userCode: string,
): VerificationUris {
  const code = encodeURIComponent(userCode);
  if (device.verificationUri === undefined) {
    const page = `${publicUrl}/${environmentId}/device${device.pathId === undefined ? '' : `/${device.pathId}`}`;
    return { verification_uri: page, verification_uri_complete: `${page}?user_code=${code}` };
  }
  if (!device.verificationUri.includes(PLACEHOLDER)) return { verification_uri: device.verificationUri };
  return {
    verification_uri: withoutPlaceholder(device.verificationUri),
    verification_uri_complete: device.verificationUri.replaceAll(PLACEHOLDER, code),
  };
}

/** What a person types has no place for a code: the query parameter, path segment or fragment that holds it goes. */
function withoutPlaceholder(address: string): string {
  const url = new URL(address);
  for (const [name, value] of [...url.searchParams]) {
    if (value.includes(PLACEHOLDER)) url.searchParams.delete(name);
  }
  url.pathname = url.pathname
    .split('/')
    .filter((segment) => !segment.includes(ENCODED_PLACEHOLDER))
    .join('/');
  if (url.hash.includes(PLACEHOLDER)) url.hash = '';
  return url.href;
}
