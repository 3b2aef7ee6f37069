import { Storage } from './database.js';

/** Token families as they are stored; a refresh token names its row. */
export class Families {
  constructor(private readonly storage: Storage) {}

  async of(refreshToken: string): Promise<Family> {
    const [family] = await this.storage.rows<Family>(
      `SELECT generation, revoked_at IS NOT NULL AS revoked,
              extract(epoch FROM idle_expires_at - now())::float8 AS idle,
              extract(epoch FROM absolute_expires_at - now())::float8 AS absolute
       FROM authorization_record WHERE id = $1::uuid`,
      [idOf(refreshToken)],
    );
    if (!family) throw new Error('no such family');
    return family;
  }

  /** Lets time pass for one family alone. */
  async age(
    refreshToken: string,
    seconds: number,
    column?: 'rotated_at' | 'idle_expires_at' | 'absolute_expires_at',
  ): Promise<void> {
    const columns = column ? [column] : ['created_at', 'rotated_at', 'idle_expires_at', 'absolute_expires_at'];
    const moves = columns.map((name) => `${name} = ${name} - make_interval(secs => $2)`);
    const [moved] = await this.storage.rows(
      `UPDATE authorization_record SET ${moves.join(', ')} WHERE id = $1::uuid RETURNING 1`,
      [idOf(refreshToken), seconds],
    );
    if (!moved) throw new Error('no such family');
  }
}

export interface Family {
  readonly generation: number;
  readonly revoked: boolean;
  /** Seconds left. */
  readonly idle: number;
  /** Seconds left. */
  readonly absolute: number;
}

export function idOf(handle: string): string {
  return Buffer.from(handle.slice(5, 27), 'base64url').toString('hex');
}
