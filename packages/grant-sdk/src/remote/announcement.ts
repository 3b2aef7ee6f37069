import { IsIn, IsInt } from 'class-validator';
import { CONTRACTS, type ContractVersion } from './contracts.js';
import { Manifest } from './manifest.js';
import { IsId, IsListOf, IsPlain, isPlain, isUuid, Malformed, MayMiss, shape } from './shape.js';
import { CONTRACT, slugOf } from './subjects.js';

/** One process saying that it serves a grant, or that it stops. */
export type Announcement =
  | { readonly state: 'here'; readonly instance: string; readonly manifest: Manifest }
  | { readonly state: 'leaving'; readonly instance: string; readonly slug: string };

/** Why an announcement is not taken. */
export const REFUSALS = {
  contract: 'this contract version is not spoken here',
  malformed: 'the announcement does not fit the contract',
  type_foreign: 'this grant type belongs to another slug, the one its last segment makes',
  type_reserved: 'this grant type is served by the token service alone',
  spends_foreign: 'this grant type may not spend that kind of artifact',
  too_many: 'there are too many grants, or processes of this one',
} as const;
export type Refusal = keyof typeof REFUSALS;

class AnnouncementMessage {
  @IsInt()
  readonly contract!: number;

  /** New at every start of the process. */
  @IsId()
  readonly instance!: string;

  @IsIn(['here', 'leaving'])
  readonly state!: 'here' | 'leaving';

  @MayMiss()
  @IsPlain()
  readonly manifest?: object;
}

export const announcementMessage = (instance: string, state: 'here' | 'leaving', manifest: Manifest): object => ({
  ...{ contract: CONTRACT, instance, state },
  ...(state === 'here' && { manifest }),
});

/** What was heard under a subject: an announcement, or why it is none and who should be told. */
export function readAnnouncement(
  message: unknown,
  subject: string,
  contracts = CONTRACTS,
): Announcement | { readonly refused: Refusal; readonly instance?: string; readonly place?: string } {
  const slug = slugOf(subject);
  const instance = isPlain(message) && isUuid(message['instance']) ? { instance: message['instance'] } : {};
  // Before anything else is looked at: the rest may well look different in another version.
  const contract = isPlain(message) ? message['contract'] : undefined;
  if (typeof contract === 'number' && !contracts.has(contract)) return { refused: 'contract', ...instance };
  try {
    const { state, instance, manifest, contract } = shape(AnnouncementMessage, message, 'announcement');
    if (slug === undefined) throw new Malformed('slug');
    if (state === 'leaving') return { state, instance, slug };
    const { readManifest } = contracts.get(contract) as ContractVersion;
    const read = readManifest(manifest);
    if (read.slug !== slug) throw new Malformed('manifest.slug');
    return { state, instance, manifest: read };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { refused: 'malformed', place: error.place, ...instance };
  }
}

/** Tells a grant service why it is not asked. Kept so simple that every version can read it. */
class RefusalMessage {
  @IsId()
  readonly instance!: string;

  @IsIn(Object.keys(REFUSALS))
  readonly refused!: Refusal;

  /** The contract versions the token service speaks. */
  @IsListOf((entry) => Number.isInteger(entry), 100)
  readonly speaks!: readonly number[];
}

export const refusalMessage = (instance: string, refused: Refusal, contracts = CONTRACTS): object => ({
  ...{ instance, refused, speaks: [...contracts.keys()] },
});

/** Undefined for what is no refusal of this instance. */
export function readRefusal(
  message: unknown,
  instance: string,
): { refused: Refusal; speaks: readonly number[] } | undefined {
  try {
    const refusal = shape(RefusalMessage, message, 'refusal');
    return refusal.instance === instance ? refusal : undefined;
  } catch {
    return undefined;
  }
}
