// Addresses of folders and files on the page of files.

/** The page of a folder. */
export const pathOf = (bucket: string, folder: string[]) => `/files/${[bucket, ...folder].map(encodeURIComponent).join('/')}`;

/** The folder and the last part of a file's name. */
export function placeOf(name: string): { folder: string[]; file: string } {
  const steps = name.split('/');
  return { folder: steps.slice(0, -1), file: steps.at(-1)! };
}
