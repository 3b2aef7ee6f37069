export interface ScopeWords {
  readonly title: string;
  readonly detail?: string;
  /** The bare name, when nobody has said what it means. */
  readonly code?: string;
}

/** OpenID Connect Core §5.4 and §11, in a person's words. A map, so that a scope named `constructor` finds nothing. */
const STANDARD: ReadonlyMap<string, ScopeWords> = new Map([
  ['openid', { title: 'Know that it is you', detail: 'An identifier for you, to recognise you next time' }],
  ['profile', { title: 'See your profile', detail: 'Your name, picture, language and the like' }],
  ['email', { title: 'See your email address' }],
  ['address', { title: 'See your postal address' }],
  ['phone', { title: 'See your phone number' }],
  ['offline_access', { title: 'Stay connected', detail: 'Keep this access when you are not using the app' }],
]);

/** What a scope lets a client do: as the environment describes it, as the standard means it, or by its bare name. */
export function scopeWords({ name, description }: { readonly name: string; readonly description: string }): ScopeWords {
  const described = description.trim();
  if (described !== '' && described !== name) return { title: described };
  return STANDARD.get(name) ?? { title: 'Use a permission named', code: name };
}
