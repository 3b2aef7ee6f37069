import { SLUG } from './subjects.js';

/**
 * The one slug a grant type is served under, made of its last segment: `urn:acme:params:oauth:grant-type:step-up` is `step-up`'s.
 * The bus gives each slug to one team, and environments name types; without this, whoever announces a type first would be sent
 * what its clients send (adr/0003).
 *
 * @returns undefined for a type whose last segment makes no slug
 */
export function homeOf(type: string): string | undefined {
  const last = type.split(/[:/]/).findLast((segment) => segment !== '') ?? '';
  const slug = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return SLUG.test(slug) ? slug : undefined;
}
