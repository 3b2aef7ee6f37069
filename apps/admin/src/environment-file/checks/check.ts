import { FileReading } from '../file-reading.js';
import { FileEntry } from '../sections/file.section.js';
import { Draft } from '../shape/shape.js';

/** One rule about several values of a file. It looks at what could be read and notes what does not go together. */
export type Check = (file: Draft<FileEntry>, reading: FileReading) => void;

/** The entries of a list that could be read, each with its index. */
export function entries<T>(list: readonly (T | undefined)[] | undefined): [number, T][] {
  return (list ?? []).flatMap((entry, index) => (entry === undefined ? [] : [[index, entry] as [number, T]]));
}

/** Texts of a list that could be read. */
export function texts(list: readonly (string | undefined)[] | undefined): string[] {
  return (list ?? []).filter((text) => text !== undefined);
}
