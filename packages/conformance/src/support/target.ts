declare const GRANTWAY_MODE: 'standalone' | 'distributed';

/** The installation under test: its mode, where the street reaches it, and its database for direct reads. */
export interface Target {
  readonly mode: 'standalone' | 'distributed';
  readonly baseUrl: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
}

export const target: Target = {
  mode: GRANTWAY_MODE,
  baseUrl: fromEnv('URL'),
  databaseUrl: fromEnv('DATABASE_URL'),
  masterKey: fromEnv('MASTER_KEY'),
};

function fromEnv(name: string): string {
  const variable = `GRANTWAY_${GRANTWAY_MODE.toUpperCase()}_${name}`;
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run the suite with npm test`);
  return value;
}
