/** Making and finding elements, and handing files to the person. Whatever is shown goes in as text, never as HTML. */

/** The element with an id, of a kind; throws when the page has none. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} '${id}'.`);
}

/** Makes an element of a class. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** Saves a file where the browser saves downloads. */
export function download(name: string, contents: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(contents);
  link.download = name;
  link.click();
  // the download has its own hold on the contents once it has begun
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
