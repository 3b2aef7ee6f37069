import type { BusUser } from './nats-config.users.js';

/** A user as the server knows it. */
export interface AdmittedUser extends BusUser {
  readonly publicKey: string;
}

/**
 * Seconds an answer may take: the longest deadline a request can have (`REQUEST_TIMEOUT_MS`, `GRANT_TIMEOUT_MS`: a minute),
 * and a little for its way. Nobody waits for a later one.
 */
const ANSWER_WITHIN = 65;

const HEAD = `# Who may be on the bus, and what each may do there. Made by "npm run grantway -- nats-config", which writes it anew each time.
# It holds no secret: these are public keys. In the server's own configuration, with a path relative to that file:
#
#   authorization { include "nats-users.conf" }
`;

/** The server's list of users: to be included where \`users\` may stand, in \`authorization\` or in an account. */
export function renderServerFile(users: readonly AdmittedUser[]): string {
  return `${HEAD}\nusers = [\n${users.map(renderUser).join('\n')}\n]\n`;
}

function renderUser({ name, publicKey, publish, subscribe, answers }: AdmittedUser): string {
  const lines = [
    `publish: ${rule(publish)}`,
    `subscribe: ${rule(subscribe)}`,
    ...(answers ? [`allow_responses: { max: 1, expires: "${ANSWER_WITHIN}s" }`] : []),
  ];
  return [
    `  # ${name}`,
    `  {`,
    `    nkey: "${publicKey}"`,
    `    permissions: {`,
    ...lines.map((line) => `      ${line}`),
    `    }`,
    `  }`,
  ].join('\n');
}

/** To the server, an empty list of what is allowed might allow everything. */
function rule(subjects: readonly string[]): string {
  if (subjects.length === 0) return '{ deny: [">"] }';
  return `{ allow: [\n${subjects.map((subject) => `        "${subject}"\n`).join('')}      ] }`;
}
