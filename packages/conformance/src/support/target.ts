declare const GRANTWAY_MODE: 'standalone' | 'distributed';

/** The installation under test: its mode, where the street reaches it, and its database for direct reads. */
export interface Target {
  readonly mode: 'standalone' | 'distributed';
  readonly baseUrl: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
}

/** Looked up when asked: specs that start an installation of their own use the same helpers, and have no target. */
export const target: Target = {
  get mode() {
    return GRANTWAY_MODE;
  },
  get baseUrl() {
    return fromEnv('URL');
  },
  get databaseUrl() {
    return fromEnv('DATABASE_URL');
  },
  get masterKey() {
    return fromEnv('MASTER_KEY');
  },
};

function fromEnv(name: string): string {
  const variable = `GRANTWAY_${GRANTWAY_MODE.toUpperCase()}_${name}`;
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run the suite with npm test`);
  return value;
}
