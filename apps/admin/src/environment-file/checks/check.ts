import type { FileReading } from '../file-reading.js';
import type { FileEntry } from '../sections/file.section.js';
import type { Draft } from '../shape/shape.js';

/** A rule over several places of a file; it looks at what could be read and is silent about the rest. */
export type Check = (file: Draft<FileEntry>, reading: FileReading) => void;

/** The elements of a list that could be read, with their index. */
export function entries<T>(list: readonly (T | undefined)[] | undefined): [index: number, element: T][] {
  return (list ?? []).flatMap((element, index): [number, T][] => (element === undefined ? [] : [[index, element]]));
}
