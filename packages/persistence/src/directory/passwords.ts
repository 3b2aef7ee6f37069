import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The PHC spelling every argon2 library writes. */
const ARGON2ID = /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,2}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}$/;

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS); // argon2id is the library's default
}

export function isPasswordHash(text: string): boolean {
  return ARGON2ID.test(text);
}

/**
 * Whether the password fits. Without a hash it does the work all the same and says no, so that an unknown name takes the time
 * of a wrong password (SE-02).
 */
export async function passwordFits(
  storedHash: string | undefined,
  password: string,
  check: (hash: string, password: string) => Promise<boolean> = verify,
): Promise<boolean> {
  // Asked for in either case, so that the one time it is made tells nothing.
  const decoy = await decoyHash();
  const fits = await check(storedHash ?? decoy, password);
  return fits && storedHash !== undefined;
}

let made: Promise<string> | undefined;

/** Made by the same parameters as any other hash, so that checking it costs the same. */
function decoyHash(): Promise<string> {
  made ??= hashPassword('nobody has this password');
  return made;
}
