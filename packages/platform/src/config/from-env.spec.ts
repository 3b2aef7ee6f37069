import { IsInt, Matches, Max, Min } from 'class-validator';
import { ConfigError, describeConfig, FromEnv, loadConfig } from './from-env.js';
import { ServiceConfig, StatefulServiceConfig } from './service.config.js';

class KettleConfig {
  @FromEnv('KETTLE_URL', 'Where the kettle is.')
  @Matches(/^https:\/\//)
  url!: string;

  @FromEnv('KETTLE_DEGREES', 'How hot it gets.')
  @IsInt()
  @Min(1)
  @Max(100)
  degrees = 95;
}

class LoudKettleConfig extends KettleConfig {
  @FromEnv('KETTLE_DECIBELS', 'How loud it whistles.')
  @IsInt()
  decibels = 80;
}

function problemOf(type: new () => object, env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(type, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

const GOOD = { KETTLE_URL: 'https://kettle.example' };

describe('loadConfig', () => {
  it('house: what is not set takes its default', () => {
    expect(loadConfig(KettleConfig, GOOD)).toEqual({ url: 'https://kettle.example', degrees: 95 });
    expect(loadConfig(KettleConfig, { ...GOOD, KETTLE_DEGREES: '' }).degrees).toBe(95);
  });

  it('house: a number becomes a number', () => {
    expect(loadConfig(KettleConfig, { ...GOOD, KETTLE_DEGREES: '60' }).degrees).toBe(60);
  });

  it('house: a text that looks like a number stays text', () => {
    class Pin {
      @FromEnv('PIN', 'A pin.')
      @Matches(/^\d{4}$/)
      pin!: string;
    }
    expect(loadConfig(Pin, { PIN: '0123' }).pin).toBe('0123');
  });

  it.each(['ninety', '60.5', '1e2', '0x20', ' 60', '60 ', '-1', '101', '99999999999999999999', 'NaN', 'Infinity'])(
    'house: "%s" is no number of degrees, and is not repeated',
    (value) => {
      const problem = problemOf(KettleConfig, { ...GOOD, KETTLE_DEGREES: value });
      expect(problem).toMatch(/^Configuration: KETTLE_DEGREES must/);
      expect(problem).not.toContain(value === '101' ? '101' : `${value} `);
    },
  );

  it('house: every variable that is missing or wrong is named at once', () => {
    const problem = problemOf(KettleConfig, { KETTLE_DEGREES: '500' });
    expect(problem).toBe('Configuration: KETTLE_URL is not set; KETTLE_DEGREES must not be greater than 100');
  });

  it('HT-06 no value is ever told', () => {
    const canary = 'canary-7f3a';
    const env = {
      ...{ PUBLIC_URL: canary, DATABASE_URL: canary, GRANTWAY_MASTER_KEY: canary, LOG_LEVEL: canary },
      ...{ HEALTH_PORT: canary, DATABASE_POOL: canary, DRAIN_SECONDS: canary },
    };
    const problem = problemOf(StatefulServiceConfig, env);
    expect(problem).not.toContain(canary);
    for (const variable of Object.keys(env)) expect(problem).toContain(variable);
  });

  it('house: a class adds to its parent’s variables, and a sister has none of them', () => {
    class QuietKettleConfig extends KettleConfig {}
    expect(loadConfig(LoudKettleConfig, { ...GOOD, KETTLE_DECIBELS: '20' })).toMatchObject({
      degrees: 95,
      decibels: 20,
    });
    expect(describeConfig(LoudKettleConfig)).toHaveLength(3);
    expect(describeConfig(QuietKettleConfig)).toHaveLength(2);
    expect(describeConfig(KettleConfig)).toHaveLength(2);
  });

  it('house: a variable nobody declared changes nothing', () => {
    expect(loadConfig(KettleConfig, { ...GOOD, degrees: '1', __proto__: 'x' } as NodeJS.ProcessEnv).degrees).toBe(95);
  });
});

describe('describeConfig', () => {
  it('house: a row per variable, for the manual', () => {
    expect(describeConfig(KettleConfig)).toEqual([
      { variable: 'KETTLE_URL', default: '', meaning: 'Where the kettle is.' },
      { variable: 'KETTLE_DEGREES', default: '95', meaning: 'How hot it gets.' },
    ]);
  });
});

describe('what every service reads', () => {
  const ENV = {
    PUBLIC_URL: 'https://login.example.com',
    DATABASE_URL: 'postgresql://localhost/grantway',
    GRANTWAY_MASTER_KEY: 'A'.repeat(43),
  };

  it('house: three variables are enough', () => {
    expect(loadConfig(StatefulServiceConfig, ENV)).toMatchObject({ healthPort: 0, logLevel: 'info', databasePool: 10 });
  });

  it.each([
    'login.example.com',
    'ftp://login.example.com',
    'https://login.example.com/',
    'https://login.example.com/as',
    'https://a?b',
    'https://',
  ])('MT-02 PUBLIC_URL %s is no origin an issuer can begin with', (url) => {
    expect(problemOf(ServiceConfig, { PUBLIC_URL: url })).toContain('PUBLIC_URL must be an origin');
  });

  it.each([
    ['DATABASE_URL', 'mysql://localhost', 'must begin with postgresql://'],
    ['GRANTWAY_MASTER_KEY', 'A'.repeat(42), 'must be 32 bytes in base64url'],
    ['LOG_LEVEL', 'loud', 'must be one of the following values'],
    ['HEALTH_PORT', '65536', 'must not be greater than 65535'],
  ])('house: a wrong %s says what it must be', (variable, value, told) => {
    expect(problemOf(StatefulServiceConfig, { ...ENV, [variable]: value })).toMatch(`${variable} ${told}`);
  });
});
