/** Making and finding elements. Whatever is shown goes in as text, never as HTML. */

type Child = Node | string;

/** Makes an element with attributes; those that are undefined are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element with an id; throws when the page has none. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element '${id}'.`);
  return found;
}

/** Redraws what is shown when what it shows has changed, and leaves it alone otherwise. */
export class Redrawn<What> {
  readonly #draw: (what: What) => void;
  #shown: string | undefined;

  constructor(draw: (what: What) => void) {
    this.#draw = draw;
  }

  /** Shows something. */
  show(what: What): void {
    const now = JSON.stringify(what);
    if (now === this.#shown) return;
    this.#shown = now;
    this.#draw(what);
  }
}
