import { FileReading } from '../file-reading.js';
import { FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';

/** Whether calls may go to http, loopback and private addresses; undefined where that cannot be read. */
export function mayCallPrivateAddresses({ outbound }: Draft<FileEntry>, reading: FileReading): boolean | undefined {
  return reading.has(['outbound', 'privateAddresses']) || (reading.has(['outbound']) && outbound === undefined)
    ? outbound?.privateAddresses
    : false;
}

/** Why this address cannot be called (DR-05); where its host leads is seen when it is. */
export function calledAddressFault(url: string | undefined, privateAddresses: boolean | undefined): string | undefined {
  const isPlain = url !== undefined && new URL(url).protocol === 'http:';
  return isPlain && privateAddresses === false ? 'uses http, which needs outbound.privateAddresses: true' : undefined;
}
