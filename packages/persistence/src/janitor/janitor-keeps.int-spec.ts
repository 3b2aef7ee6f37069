import { v7 as uuidv7 } from 'uuid';
import {
  type AgedAuthorization,
  type AgedSession,
  anAgedAuthorization,
  anAgedSession,
  DAY,
  HOUR,
  insertAged,
} from '../../test/aged-rows.js';
import { openReplica } from '../../test/postgres-world.js';
import { type ScratchDatabase, scratchDatabase } from '../../test/scratch-database.js';
import { PartitionCare } from '../database/partition-care.js';
import { Janitor } from './janitor.js';

/** Of an environment that once had a resource with tokens of thirty days, of one without, and of one that is no more. */
const LONGEST: Readonly<Record<string, number>> = { acme: DAY, slow: 30 * DAY, gone: DAY };

interface Rows {
  readonly sessions: readonly AgedSession[];
  readonly authorizations: readonly AgedAuthorization[];
}

/** What a store says of each row, as far as anybody could still ask. */
type Answers = Readonly<Record<string, unknown>>;

describe('what the janitor keeps', () => {
  let scratch: ScratchDatabase;
  let replica: ReturnType<typeof openReplica>;
  beforeAll(async () => {
    scratch = await scratchDatabase();
    replica = openReplica(scratch.url);
    for (const id of ['acme', 'slow']) {
      await scratch.query(
        `INSERT INTO environment (id, name, enabled, grant_types, pkce, signing, lifetimes, password_change_ends_refresh, longest_token)
         VALUES ($1, $1, true, '{}', 'public', '{}', '{}', true, $2)`,
        [id, LONGEST[id]],
      );
    }
  });
  afterEach(() => scratch.query('TRUNCATE session, authorization_record'));
  afterAll(async () => {
    await replica.close();
    await scratch.drop();
  });

  const ids = async () =>
    (await scratch.query<{ id: string }>('SELECT id FROM session UNION ALL SELECT id FROM authorization_record')).map(
      ({ id }) => id,
    );

  async function answersOf({ sessions, authorizations }: Rows): Promise<Answers> {
    const ofSessions = sessions.map(async ({ id }) => [id, await replica.sessions.findById('acme', id)] as const);
    const ofAuthorizations = authorizations.map(async (each) => {
      const { id, environmentId } = each;
      const family = await replica.authorizations.findFamily(environmentId, id);
      const rotatable = family !== undefined && !family.revoked && !family.expired && family.sessionLive;
      const live = tokensEndedAgo(each) < 0 && (await replica.authorizations.isLive(environmentId, id));
      return [id, { rotatable, live, family: rotatable && family.generation }] as const;
    });
    return Object.fromEntries(await Promise.all([...ofSessions, ...ofAuthorizations]));
  }

  it.each([1, 2, 3])('I12 nothing anybody could ask for, and everything else goes (seed %i)', async (seed) => {
    const rows = randomRows(seed);
    await insertAged(scratch, rows);
    const before = await answersOf(rows);
    expect(Object.values(before).filter((each) => (each as { live?: boolean })?.live).length).toBeGreaterThan(20);

    const janitor = new Janitor(replica.database, new PartitionCare(replica.database));
    for (let removed = 1; removed > 0; ) {
      const round = await janitor.round({ batch: 7 + seed });
      removed = (round?.authorization_record ?? 0) + (round?.session ?? 0);
      expect(await answersOf(rows)).toEqual(before);
      // What waited for others may go with the next round.
      await scratch.query(`UPDATE authorization_record SET look_at = '-infinity'`);
      await scratch.query(`UPDATE session SET look_at = '-infinity'`);
    }
    expect((await ids()).toSorted()).toEqual(keptOf(rows).toSorted());
  });
});

/** Seconds since the last token of it can be good at most. */
function tokensEndedAgo({ environmentId, createdAgo, family }: AgedAuthorization): number {
  return (family?.rotatedAgo ?? createdAgo) - (LONGEST[environmentId] ?? Number.NaN);
}

/** The rules of adr/0006, said once more. */
function keptOf({ sessions, authorizations }: Rows): string[] {
  let kept = authorizations;
  for (let before = -1; before !== kept.length; ) {
    before = kept.length;
    const needed = new Set(kept.map(({ derivedFrom }) => derivedFrom));
    kept = kept.filter((each) => needed.has(each.id) || overAgo(each) < DAY);
  }
  const bound = new Set(kept.map((each) => (each.offline || each.derivedFrom ? undefined : each.sessionId)));
  const keptSessions = sessions.filter(({ id, endedAgo, idleAgo, absoluteAgo }) => {
    if (endedAgo !== undefined) return endedAgo < 3 * DAY;
    return Math.max(idleAgo, absoluteAgo) < 3 * DAY || bound.has(id);
  });
  return [...kept, ...keptSessions].map(({ id }) => id);
}

function overAgo(each: AgedAuthorization): number {
  if (each.revokedAgo !== undefined) return each.revokedAgo;
  const { family } = each;
  const familyEndedAgo = family ? Math.max(family.idleAgo, family.absoluteAgo) : Number.POSITIVE_INFINITY;
  return Math.min(tokensEndedAgo(each), familyEndedAgo);
}

/** Sessions and authorizations in every state, half of an hour away from any limit. */
function randomRows(seed: number): Rows {
  const random = randomOf(seed);
  const within = (least: number, most: number) =>
    Math.floor((least + random() * (most - least)) / HOUR) * HOUR + HOUR / 2;
  const sometimes = (share: number) => random() < share;
  const oneOf = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;

  const sessions = Array.from({ length: 60 }, () => {
    const idleAgo = within(-DAY, 8 * DAY);
    return anAgedSession({
      ...{ idleAgo, absoluteAgo: Math.min(idleAgo, within(-2 * DAY, 8 * DAY)) },
      ...(sometimes(0.4) && { endedAgo: within(0, 6 * DAY) }),
    });
  });
  const authorizations: AgedAuthorization[] = [];
  for (let n = 0; n < 250; n += 1) {
    const source = sometimes(0.25) && authorizations.length > 0 ? oneOf(authorizations) : undefined;
    const createdAgo = within(0, sometimes(0.5) ? 4 * DAY : 40 * DAY);
    const rotatedAgo = Math.min(createdAgo, within(0, 5 * DAY));
    const family = { rotatedAgo, idleAgo: within(-5 * DAY, 5 * DAY), absoluteAgo: within(-30 * DAY, 5 * DAY) };
    authorizations.push(
      anAgedAuthorization({
        ...{ id: uuidv7(), createdAgo, offline: sometimes(0.5) },
        environmentId: source?.environmentId ?? oneOf(['acme', 'acme', 'slow', 'gone']),
        ...(sometimes(0.7) && { sessionId: sometimes(0.9) ? oneOf(sessions).id : uuidv7() }),
        ...(sometimes(0.2) && { revokedAgo: Math.min(createdAgo, within(0, 3 * DAY)) }),
        ...(source ? { derivedFrom: source.id } : sometimes(0.6) && { family }),
      }),
    );
  }
  return { sessions, authorizations };
}

/** Mulberry32: the same rows for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
