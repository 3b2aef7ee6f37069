import { Subject } from './subject.js';

/** One HTTP route and where its requests go. The gateway iterates {@link ENDPOINTS}; there is no other door. */
export interface Endpoint {
  /** `:environment` is the environment's id. */
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly subject: Subject;
  /** How a POST body is read: `form` is application/x-www-form-urlencoded alone (RFC 6749 §3.2). */
  readonly body: 'none' | 'form';
  /** How trouble is told: to a client library as JSON, to a person as a page. */
  readonly audience: 'client' | 'person';
  /** Scripts of registered origins may read the answer (HT-04). */
  readonly cors: boolean;
  /** The answer may come from the gateway's short cache (discovery, JWKS). */
  readonly cached?: true;
}

export const ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/:environment/as/authorize',
    methods: ['GET', 'POST'],
    subject: Subject.AuthorizeStart,
    body: 'form',
    audience: 'person',
    cors: false,
  },
  {
    path: '/:environment/as/resume',
    methods: ['GET'],
    subject: Subject.AuthorizeResume,
    body: 'none',
    audience: 'person',
    cors: false,
  },
  {
    path: '/:environment/signon',
    methods: ['GET'],
    subject: Subject.SignOnPage,
    body: 'none',
    audience: 'person',
    cors: false,
  },
  {
    path: '/:environment/signon',
    methods: ['POST'],
    subject: Subject.SignOnSubmit,
    body: 'form',
    audience: 'person',
    cors: false,
  },
  {
    path: '/:environment/as/token',
    methods: ['POST'],
    subject: Subject.TokenIssue,
    body: 'form',
    audience: 'client',
    cors: true,
  },
  {
    path: '/:environment/as/userinfo',
    methods: ['GET', 'POST'],
    subject: Subject.UserInfo,
    body: 'form',
    audience: 'client',
    cors: true,
  },
  {
    path: '/:environment/as/jwks',
    methods: ['GET'],
    subject: Subject.Jwks,
    body: 'none',
    audience: 'client',
    cors: true,
    cached: true,
  },
  {
    // OIDC Discovery §4: behind the issuer.
    path: '/:environment/as/.well-known/openid-configuration',
    methods: ['GET'],
    subject: Subject.Metadata,
    body: 'none',
    audience: 'client',
    cors: true,
    cached: true,
  },
  {
    // RFC 8414 §3.1: between host and issuer path.
    path: '/.well-known/oauth-authorization-server/:environment/as',
    methods: ['GET'],
    subject: Subject.Metadata,
    body: 'none',
    audience: 'client',
    cors: true,
    cached: true,
  },
];
