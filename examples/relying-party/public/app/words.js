/** A few words for each name a person meets on the way. */

/** @type {Record<string, string>} */
export const PARAMETERS = {
  client_id: 'Who is asking. A client in a browser is public: it has no secret.',
  redirect_uri: 'Where the answer may go. It must be one the client has registered.',
  response_type: 'Asks for a one-time code, so that no token travels in an address.',
  scope: 'What is asked for. You may be given less.',
  state: 'A random value that must come back unchanged: the answer is to this request.',
  nonce: 'A random value that must appear in the ID token: the token is for this sign-in.',
  code_challenge: 'The SHA-256 hash of the code verifier. From it nobody can find the verifier.',
  code_challenge_method: 'How the challenge was made from the verifier.',
  code_verifier: 'The secret behind the challenge. Without it a stolen code is worth nothing.',
  prompt: 'Whether the server may, or must, ask you something.',
  response_mode: 'Where in the address the answer is put.',
  max_age: 'How many seconds ago you may have signed in, at most.',
  code: 'The one-time code. It is exchanged for tokens at once, and works once.',
  iss: 'Who answered. It must be the server that was asked.',
  error: 'Why there is no code.',
  error_description: 'The same, for developers.',
  grant_type: 'What is handed in for tokens.',
  refresh_token: 'The long-lived token, handed in for a fresh access token.',
};

/** @type {Record<string, string>} */
export const HEADER = {
  alg: 'How it was signed',
  typ: 'What kind of token it is',
  kid: 'Which key signed it',
};

/** @type {Record<string, string>} */
export const CLAIMS = {
  iss: 'Issuer: who signed it',
  sub: 'Subject: whom it is about',
  aud: 'Audience: whom it is for',
  exp: 'Expires',
  iat: 'Issued',
  nbf: 'Not valid before',
  auth_time: 'When the person signed in',
  nonce: 'The value this page sent along',
  jti: 'The token’s own number',
  client_id: 'The client it was issued to',
  azp: 'The client it was issued to',
  scope: 'What it allows',
  acr: 'How thoroughly the person was authenticated',
  amr: 'By what means the person was authenticated',
  sid: 'The session at the server',
  at_hash: 'Ties the ID token to the access token',
  c_hash: 'Ties the ID token to the code',
  act: 'Who acts for the subject',
  cnf: 'The key its holder must prove',
  name: 'Full name',
  email: 'E-mail address',
  email_verified: 'Whether the address was confirmed',
  updated_at: 'Last change of the profile',
};
