import pg from 'pg';
import { target } from './target.js';

/** Direct reads of the installation's database, for the storage column of the catalogue. */
export class Storage {
  readonly #pool = new pg.Pool({ connectionString: target.databaseUrl, max: 2 });

  async rows<T extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#pool.query<T>(sql, values)).rows;
  }

  /**
   * Row counts and newest changes of every table that a protocol request could touch; equal before and after means ∆0. That it was
   * tried is recorded, which is no effect.
   */
  async fingerprint(environmentId: string): Promise<Record<string, string>> {
    const tables = await this.rows<{ table_name: string }>(
      `SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND c.column_name = 'environment_id' AND t.table_type = 'BASE TABLE'
         AND c.table_name NOT LIKE 'audit\\_%'`,
    );
    const prints = await Promise.all(
      tables.map(async ({ table_name }) => {
        const [row] = await this.rows<{ print: string }>(
          `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS print
           FROM "${table_name}" t WHERE environment_id = $1`,
          [environmentId],
        );
        return [table_name, row?.print ?? ''] as const;
      }),
    );
    return Object.fromEntries(prints.sort(([left], [right]) => left.localeCompare(right)));
  }

  /** Whether a text stands anywhere in any table, as text or as bytes (CO-11). */
  async holds(text: string): Promise<boolean> {
    const tables = await this.rows<{ table_name: string }>(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const hex = Buffer.from(text).toString('hex');
    for (const { table_name } of tables) {
      const found = await this.rows(
        `SELECT 1 FROM "${table_name}" t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0 LIMIT 1`,
        [text, hex],
      );
      if (found.length > 0) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
