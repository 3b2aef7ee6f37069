import { announcementMessage, readAnnouncement, readRefusal, refusalMessage } from './announcement.js';
import { type Manifest, readManifest } from './manifest.js';
import { GrantSubject, slugOf } from './subjects.js';

const INSTANCE = '0a1b2c3d-0000-4000-8000-000000000001';
const manifest: Manifest = readManifest({
  contract: 1,
  slug: 'ticket',
  type: 'urn:example:ticket',
  clients: 'any',
  params: [],
});
const SUBJECT = GrantSubject.announce('ticket');
const here = announcementMessage(INSTANCE, 'here', manifest);

describe('announcement, design section 5', () => {
  it('house: who is here says what it serves', () => {
    expect(readAnnouncement(here, SUBJECT)).toEqual({ state: 'here', instance: INSTANCE, manifest });
  });

  it('house: who leaves says so, and its slug is the subject’s', () => {
    const leaving = announcementMessage(INSTANCE, 'leaving', manifest);
    expect(readAnnouncement(leaving, SUBJECT)).toEqual({ state: 'leaving', instance: INSTANCE, slug: 'ticket' });
  });

  it('house: another version is named as such, whatever else it says', () => {
    const heard = readAnnouncement({ contract: 2, instance: INSTANCE, shape: 'another' }, SUBJECT);
    expect(heard).toEqual({ refused: 'contract', instance: INSTANCE });
  });

  it('house: a service speaks for its own slug alone: the subject counts, not what it says', () => {
    expect(readAnnouncement(here, GrantSubject.announce('device-code'))).toMatchObject({
      refused: 'malformed',
      place: 'manifest.slug',
    });
  });

  it.each([
    ['nothing', undefined],
    ['a list', [here]],
    ['no manifest', { contract: 1, instance: INSTANCE, state: 'here' }],
    ['no instance', { ...here, instance: undefined }],
    ['an instance that is no id', { ...here, instance: 'x'.repeat(10_000) }],
    ['another state', { ...here, state: 'asleep' }],
    ['one field more', { ...here, lease: 1e9 }],
    ['a version that is no number', { ...here, contract: '1' }],
    ['a prototype', JSON.parse(`{"__proto__":{"contract":1},"instance":"${INSTANCE}"}`)],
  ])('house: malformed: %s', (_what, message) => {
    expect(readAnnouncement(message, SUBJECT)).toMatchObject({ refused: 'malformed' });
  });

  it('house: a refusal reaches the instance it is for', () => {
    const refusal = refusalMessage(INSTANCE, 'type_foreign');
    expect(readRefusal(refusal, INSTANCE)).toMatchObject({ refused: 'type_foreign', speaks: [1] });
    expect(readRefusal(refusal, INSTANCE.replace('1', '2'))).toBeUndefined();
    expect(readRefusal({ ...refusal, refused: 'line\nbreak' }, INSTANCE)).toBeUndefined();
    expect(readRefusal('refused', INSTANCE)).toBeUndefined();
  });

  it.each(['>', 'A', '', '-a', 'a-', '-', '--'].map((end) => `grants.v1.announce.${end}`).concat(''))(
    'house: "%s" has no slug',
    (subject) => {
      expect(slugOf(subject)).toBeUndefined();
    },
  );
});
