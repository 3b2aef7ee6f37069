/** OIDC Core §3.1.2.1, §11: the scopes every environment has without declaring a resource. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;

/** OIDC Core §5.4: the claims each scope asks userinfo for. */
export const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** OIDC Core §3.1.2.1. */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** PingOne's names; the acr of a password sign-on is the only one issued. */
export const Acr = { SingleFactor: 'Single_Factor' } as const;

/** RFC 8176 §2. */
export const Amr = { Password: 'pwd' } as const;
