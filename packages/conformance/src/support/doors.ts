/** One address of an installation, and how it is to be knocked at. */
export interface Door {
  /** Below the base URL; `:environment` and `:id` stand for themselves. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly body: 'none' | 'form' | 'action';
  /** A person is told trouble on a page, a client library in JSON. */
  readonly audience: 'client' | 'person';
  /** Whose scripts may read the answer (HT-04). */
  readonly cors: 'none' | 'listed' | 'listed-with-cookies';
  /** Bytes of a body (X15). */
  readonly largest: number;
  readonly cached: boolean;
  /** RFC 8414 §2: the member of the metadata that names it, if any does. */
  readonly metadata?: string;
}

type Row = Pick<Door, 'path' | 'methods'> & Partial<Door>;
const KILOBYTES_64 = 65_536;
const common = { largest: KILOBYTES_64, cached: false } as const;
const page = (row: Row): Door => ({ ...common, body: 'none', audience: 'person', cors: 'none', ...row });
const api = (row: Row): Door => ({ ...common, body: 'form', audience: 'client', cors: 'listed', ...row });
const open = (path: string, metadata?: string): Door =>
  api({ path, methods: ['GET'], body: 'none', cached: true, ...(metadata && { metadata }) });

/** Every route a street address leads to; what the table of the contracts looks like from outside. */
export const DOORS: readonly Door[] = [
  page({
    ...{ path: '/:environment/as/authorize', methods: ['GET', 'POST'], body: 'form', cors: 'listed-with-cookies' },
    metadata: 'authorization_endpoint',
  }),
  page({ path: '/:environment/as/resume', methods: ['GET'], cors: 'listed-with-cookies' }),
  page({ path: '/:environment/signon', methods: ['GET', 'POST'], body: 'form' }),
  page({
    ...{ path: '/:environment/as/signoff', methods: ['GET', 'POST'], body: 'form' },
    metadata: 'end_session_endpoint',
  }),
  page({ path: '/:environment/as/idpSignoff', methods: ['GET'] }),
  page({ path: '/:environment/device', methods: ['GET'] }),
  page({ path: '/:environment/device/:id', methods: ['GET'] }),
  page({ path: '/:environment/approvals', methods: ['GET', 'POST'], body: 'form' }),
  api({
    ...{ path: '/:environment/flows/:id', methods: ['GET', 'POST'], body: 'action' },
    cors: 'listed-with-cookies',
  }),
  api({ path: '/:environment/approvals/requests', methods: ['GET'], body: 'none', cors: 'none' }),
  api({ path: '/:environment/approvals/requests/:id', methods: ['POST'], body: 'action', cors: 'none' }),
  api({ path: '/:environment/as/token', methods: ['POST'], metadata: 'token_endpoint' }),
  api({
    ...{ path: '/:environment/as/par', methods: ['POST'], largest: 1_000_000 },
    metadata: 'pushed_authorization_request_endpoint',
  }),
  api({ path: '/:environment/as/userinfo', methods: ['GET', 'POST'], metadata: 'userinfo_endpoint' }),
  api({
    ...{ path: '/:environment/as/introspect', methods: ['POST'], cors: 'none' },
    metadata: 'introspection_endpoint',
  }),
  api({ path: '/:environment/as/revoke', methods: ['POST'], metadata: 'revocation_endpoint' }),
  api({
    path: '/:environment/as/device_authorization',
    methods: ['POST'],
    metadata: 'device_authorization_endpoint',
  }),
  api({
    ...{ path: '/:environment/as/bc-authorize', methods: ['POST'], cors: 'none' },
    metadata: 'backchannel_authentication_endpoint',
  }),
  api({ path: '/:environment/as/cibaAuthorization', methods: ['POST'], cors: 'none' }),
  open('/:environment/as/jwks', 'jwks_uri'),
  open('/:environment/as/.well-known/openid-configuration'),
  open('/.well-known/oauth-authorization-server/:environment/as'),
];

/** The id of nothing. */
const NOBODY = '01a1fbeb-9db4-73cd-80df-d030427e036d';

/** Its address in one environment. */
export function addressOf(door: Door, { baseUrl, id }: { baseUrl: string; id: string }): string {
  return baseUrl + door.path.replace(':environment', id).replace(':id', NOBODY);
}

/** Which door this is the address of, whatever its query. */
export function doorAt(url: string): Door | undefined {
  const { pathname } = new URL(url);
  return DOORS.find(({ path }) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(pathname));
}
