import { Environment } from './environment.js';
import { FoundSession, Session, Sessions } from './session.js';
import { User, UserDirectory } from './user.js';

/** Who sits at the browser, as far as we know: a live session of an active user. */
export interface Standing {
  readonly session: Session;
  readonly user: User;
}

/** What a session cookie is worth right now. */
export class Standings {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: UserDirectory,
  ) {}

  async of(environment: Environment, cookie: string | undefined): Promise<Standing | undefined> {
    if (cookie === undefined) return undefined;
    return this.behind(await this.sessions.find(environment.id, cookie, environment.lifetimes.sessionIdle));
  }

  /** What a session that was just found by its cookie is worth. */
  async behind(found: FoundSession | undefined): Promise<Standing | undefined> {
    if (!found) return undefined;
    const user = await this.users.ofSession(found);
    const { localUser: _, ...session } = found;
    // RT-10: a session opened with the old password is worth nothing after a change, nor while it has to be changed.
    const isCurrent = user && !user.mustChangePassword && user.passwordChangedAt <= session.authTime;
    const stands = isCurrent && user.status === 'active';
    return stands ? { session, user } : undefined;
  }
}
