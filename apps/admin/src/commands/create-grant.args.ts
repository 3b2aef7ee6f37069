import { parseArgs } from 'node:util';
import { homeOf } from '@grantway/grant-sdk/contract';
import { GrantType } from '@grantway/protocol';
import { BadInput } from './hash.command.js';
import { OWN_GRANTS } from './own-grants.js';
import { WrongCall } from './service-account.args.js';

/** What a new grant is called, everywhere. */
export interface NewGrant {
  /** Its `grant_type`. */
  readonly type: string;
  /** Its name on the bus, which its type says: `step-up`. */
  readonly slug: string;
  /** What its classes' names begin with: `StepUp`. */
  readonly className: string;
  /** As it was said, or what it is without saying. */
  readonly folder: string;
  /** What package.json asks for, or the path of a file that {@link file} packed. */
  readonly sdk?: string;
}

const CALL = 'npm run grantway -- create-grant NAME [FOLDER] [--sdk VERSION|FILE]';

/** RFC 3986 §4.3, without what would need quoting in the files it is written to. */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?@&=+;]|%[0-9A-Fa-f]{2})+$/;
/** RFC 8141 §2: a namespace and something in it. */
const URN = /^urn:[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:[^/?].*$/;
const WEB_ADDRESS = /^https?:\/\/[^/?]/;
/** Namespaces of names that specifications give out (RFC 6755, OpenID). */
const STANDARD = /^urn:(?:ietf|openid|oasis):/i;
const LONGEST_TYPE = 255;

/**
 * @throws WrongCall when it is not called like that
 * @throws BadInput for a name that no grant of a team can have
 */
export function readNewGrant(args: readonly string[]): NewGrant {
  const { values, positionals } = parsed(args);
  const [type, folder, ...more] = positionals;
  if (!type || folder === '' || values.sdk === '' || more.length > 0) throw new WrongCall(CALL);
  requireType(type);
  const slug = slugFor(type);
  return {
    ...{ type, slug, className: classNameOf(slug), folder: folder ?? `${slug}-grant` },
    ...(values.sdk !== undefined && { sdk: values.sdk }),
  };
}

function parsed(args: readonly string[]) {
  try {
    const options = { sdk: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch {
    throw new WrongCall(CALL);
  }
}

/** RFC 6749 §4.5: an extension grant is named by an absolute URI. */
function requireType(type: string): void {
  const refuse = (why: string) => new BadInput(`${JSON.stringify(type.slice(0, 80))} ${why}`);
  if ((Object.values(GrantType) as string[]).includes(type)) throw refuse('is a grant type of Grantway itself');
  if (type.length > LONGEST_TYPE) throw refuse(`is longer than ${LONGEST_TYPE} characters`);
  const isUri =
    ABSOLUTE_URI.test(type) &&
    (!/^urn:/.test(type) || URN.test(type)) &&
    (!/^https?:/.test(type) || (WEB_ADDRESS.test(type) && URL.canParse(type)));
  if (!isUri) {
    throw refuse(
      'is no absolute URI (RFC 6749 §4.5) of letters, digits and -._~:/?@&=+;% with its scheme in lower case and no fragment: ' +
        'take one in a name of yours, such as urn:acme:params:oauth:grant-type:step-up or https://acme.example/grants/step-up',
    );
  }
  if (STANDARD.test(type)) throw refuse('is in a namespace where only specifications name things: take one of yours');
}

/** The token service hears a type under no other slug, so nobody is asked for one (grant-sdk/adr/0003). */
function slugFor(type: string): string {
  const slug = homeOf(type);
  if (slug === undefined) {
    throw new BadInput(
      `${type} makes no slug: a grant is called by the last segment of its type, in lower case with "-" for all but a-z and 0-9, ` +
        'and 1 to 40 characters of that must be left: take a type that ends otherwise',
    );
  }
  if (OWN_GRANTS.has(slug)) {
    throw new BadInput(
      `${type} would be served as "${slug}", for a grant is called by the last segment of its type, and that is a grant of ` +
        "Grantway's own: take a type that ends otherwise",
    );
  }
  return slug;
}

/** A class's name begins with a letter; a slug may begin with a digit. */
function classNameOf(slug: string): string {
  const name = slug.replace(/(?:^|-)([a-z0-9])/g, (_match, first: string) => first.toUpperCase());
  return /^\d/.test(name) ? `Type${name}` : name;
}
