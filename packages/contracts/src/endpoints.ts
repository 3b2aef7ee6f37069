import { Subject } from './subject.js';

/** One HTTP route and where its requests go. The gateway iterates {@link ENDPOINTS}; there is no other door. */
export interface Endpoint {
  /** `:environment` is the environment's id, `:id` one more segment, handed on as `HttpCall.id`. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly subject: Subject;
  /**
   * How a POST body is read: `form` is application/x-www-form-urlencoded alone (RFC 6749 §3.2); `action` is a JSON object
   * whose media type says what is to be done, `application/vnd.pingidentity.<action>+json`.
   */
  readonly body: 'none' | 'form' | 'action';
  /** How trouble is told: to a client library as JSON, to a person as a page. */
  readonly audience: 'client' | 'person';
  /**
   * Whose scripts may read the answer (HT-04): nobody's; those of origins some client lists; or theirs with the browser's own
   * cookies as well, for a client that builds its own sign-on pages.
   */
  readonly cors: 'none' | 'listed' | 'listed-with-cookies';
  /** The answer may come from the gateway's short cache (discovery, JWKS). */
  readonly cached?: true;
  /** Bytes of a body; 64 KB where it says nothing (X15). */
  readonly largestBody?: number;
}

/** RFC 9126 §2.3: X15. */
export const LARGEST_PUSHED_REQUEST = 1_000_000;

type Route = Omit<Endpoint, 'body' | 'audience' | 'cors'> & Partial<Endpoint>;

/** What a browser shows to a person. */
const page = (route: Route): Endpoint => ({ body: 'none', audience: 'person', cors: 'none', ...route });
/** What a client library calls. */
const api = (route: Route): Endpoint => ({ body: 'form', audience: 'client', cors: 'listed', ...route });
/** Public documents. */
const document = (route: Omit<Route, 'methods'>): Endpoint => ({
  ...{ methods: ['GET'], body: 'none', audience: 'client', cors: 'listed', cached: true },
  ...route,
});

export const ENDPOINTS: readonly Endpoint[] = [
  // A client's own sign-on pages start and finish here too (`pi.flow`); anybody else's scripts read nothing.
  page({
    path: '/:environment/as/authorize',
    methods: ['GET', 'POST'],
    subject: Subject.AuthorizeStart,
    body: 'form',
    cors: 'listed-with-cookies',
  }),
  page({
    path: '/:environment/as/resume',
    methods: ['GET'],
    subject: Subject.AuthorizeResume,
    cors: 'listed-with-cookies',
  }),
  page({ path: '/:environment/signon', methods: ['GET'], subject: Subject.SignOnPage }),
  page({ path: '/:environment/signon', methods: ['POST'], subject: Subject.SignOnSubmit, body: 'form' }),
  page({ path: '/:environment/as/signoff', methods: ['GET', 'POST'], subject: Subject.SignOff, body: 'form' }),
  page({ path: '/:environment/as/idpSignoff', methods: ['GET'], subject: Subject.IdpSignOff }),
  api({
    path: '/:environment/flows/:id',
    methods: ['GET'],
    subject: Subject.FlowRead,
    body: 'none',
    cors: 'listed-with-cookies',
  }),
  api({
    path: '/:environment/flows/:id',
    methods: ['POST'],
    subject: Subject.FlowAct,
    body: 'action',
    cors: 'listed-with-cookies',
  }),
  api({
    path: '/:environment/as/par',
    methods: ['POST'],
    subject: Subject.AuthorizePush,
    largestBody: LARGEST_PUSHED_REQUEST,
  }),
  api({ path: '/:environment/as/token', methods: ['POST'], subject: Subject.TokenIssue }),
  api({ path: '/:environment/as/userinfo', methods: ['GET', 'POST'], subject: Subject.UserInfo }),
  api({ path: '/:environment/as/introspect', methods: ['POST'], subject: Subject.Introspect, cors: 'none' }),
  api({ path: '/:environment/as/revoke', methods: ['POST'], subject: Subject.Revoke }),
  api({ path: '/:environment/as/device_authorization', methods: ['POST'], subject: Subject.DeviceStart }),
  page({ path: '/:environment/device', methods: ['GET'], subject: Subject.DevicePage }),
  page({ path: '/:environment/device/:id', methods: ['GET'], subject: Subject.DevicePage }),
  // CIBA Core §7.1, and the same by PingOne's name.
  api({ path: '/:environment/as/bc-authorize', methods: ['POST'], subject: Subject.BackchannelStart, cors: 'none' }),
  api({
    path: '/:environment/as/cibaAuthorization',
    methods: ['POST'],
    subject: Subject.BackchannelStart,
    cors: 'none',
  }),
  page({ path: '/:environment/approvals', methods: ['GET'], subject: Subject.ApprovalsPage }),
  page({ path: '/:environment/approvals', methods: ['POST'], subject: Subject.ApprovalsSubmit, body: 'form' }),
  api({
    path: '/:environment/approvals/requests',
    methods: ['GET'],
    subject: Subject.ApprovalsList,
    body: 'none',
    cors: 'none',
  }),
  api({
    path: '/:environment/approvals/requests/:id',
    methods: ['POST'],
    subject: Subject.ApprovalsDecide,
    body: 'action',
    cors: 'none',
  }),
  document({ path: '/:environment/as/jwks', subject: Subject.Jwks }),
  // OIDC Discovery §4: behind the issuer.
  document({ path: '/:environment/as/.well-known/openid-configuration', subject: Subject.Metadata }),
  // RFC 8414 §3.1: between host and issuer path.
  document({ path: '/.well-known/oauth-authorization-server/:environment/as', subject: Subject.Metadata }),
];
