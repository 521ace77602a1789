/** Addresses of files as pages need them, both when they are written and in their scripts. */

/** The address of a file from its path relative to the page, with `/` between folders. */
export function addressOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
