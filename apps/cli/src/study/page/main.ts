/**
 * The script of a study: practice with a verdict after each pair, then trials without, then a file of answers. Each pair is seen for a moment, and can be
 * answered for as long as one likes. Pairs, their order and their sides are drawn anew for every person.
 */
import './study.css';
import { byId } from '../../report/page/dom.ts';
import type { Answers, Pair, StudyData, Trial } from '../study-data.ts';

type Side = 0 | 1;

/** A pair from left to right; in practice the real picture is known. */
interface Showing {
  readonly shown: Pair;
  readonly real?: string;
}

const SIDES = ['left', 'right'] as const;
const KEYS: Readonly<Record<string, Side>> = { ArrowLeft: 0, ArrowRight: 1 };

/** Milliseconds within which nobody has seen a pair: a second click, or a key that bounces. */
const BLINK = 150;

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

const sided = ([one, other]: Pair): Pair => (Math.random() < 0.5 ? [one, other] : [other, one]);

/** A picture that is decoded, so that it is seen from the first moment on; rejects when it cannot be loaded. */
async function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.alt = '';
  image.src = address;
  await image.decode();
  return image;
}

class Study {
  readonly #data: StudyData;
  readonly #pair = byId('pair');
  readonly #buttons = SIDES.map((side) => byId(side) as HTMLButtonElement);
  readonly #next = byId('next') as HTMLButtonElement;
  readonly #showings: readonly Showing[];
  readonly #person = crypto.getRandomValues(new Uint32Array(2)).reduce((text, word) => text + word.toString(16).padStart(8, '0'), '');
  readonly #trials: Trial[] = [];
  #at = -1;
  #isSaved = false;
  /** When the pair was shown, and what hides it. */
  #begun = 0;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(data: StudyData) {
    this.#data = data;
    const practice = shuffled(data.practice).map(({ pair, real }) => ({ shown: sided(pair), real }));
    const trials = shuffled(data.pairs).slice(0, data.trials);
    this.#showings = [...practice, ...trials.map((pair) => ({ shown: sided(pair) }))];
    for (const [side, button] of this.#buttons.entries()) button.addEventListener('click', () => this.#answer(side as Side));
    document.addEventListener('keydown', ({ key, repeat, altKey, ctrlKey, metaKey }) => {
      const side = KEYS[key];
      if (side !== undefined && !repeat && !altKey && !ctrlKey && !metaKey) this.#answer(side);
    });
    // answers lie in this page alone until they are saved
    window.addEventListener('beforeunload', (event) => {
      if (this.#trials.length > 0 && !this.#isSaved) event.preventDefault();
    });
    byId('save').addEventListener('click', () => {
      this.#isSaved = true;
    });
    this.#next.addEventListener('click', () => this.#show());
  }

  /** Shows the next pair for its moment. */
  async #show(): Promise<void> {
    this.#next.hidden = true;
    this.#tell('');
    const { shown } = this.#showings[++this.#at] as Showing;
    let images: readonly HTMLImageElement[];
    try {
      images = await Promise.all(shown.map(loaded));
    } catch {
      this.#at--;
      this.#tell('A picture could not be loaded.');
      this.#offer('Try again');
      return;
    }
    byId('text').textContent =
      `${this.#at + 1} of ${this.#showings.length}${this.#isPractice() ? ', practice' : ''}: which picture is real?`;
    for (const [side, button] of this.#buttons.entries()) {
      button.className = '';
      button.disabled = false;
      button.replaceChildren(images[side] as HTMLImageElement);
    }
    this.#pair.hidden = false;
    this.#pair.className = '';
    this.#begun = performance.now();
    this.#hiding = setTimeout(() => this.#pair.classList.add('over'), 1000 * this.#data.seconds);
  }

  #isPractice(): boolean {
    return this.#at < this.#data.practice.length;
  }

  #answer(side: Side): void {
    const button = this.#buttons[side];
    if (this.#pair.hidden || button === undefined || button.disabled || performance.now() - this.#begun < BLINK) return;
    const { shown, real } = this.#showings[this.#at] as Showing;
    clearTimeout(this.#hiding);
    for (const each of this.#buttons) each.disabled = true;
    const seconds = Math.round(performance.now() - this.#begun) / 1000;
    if (real === undefined) this.#trials.push({ shown, chosen: shown[side], seconds });
    else this.#judge(button, shown[side] === real);
    if (this.#at + 1 === this.#showings.length) this.#end();
    else if (real === undefined) void this.#show();
    else this.#offer(this.#at + 1 < this.#data.practice.length ? 'Next' : 'Go on without being told');
  }

  /** Shows the pair once more, with the verdict. */
  #judge(button: HTMLButtonElement, isRight: boolean): void {
    this.#pair.className = '';
    button.className = isRight ? 'right' : 'wrong';
    this.#tell(isRight ? 'Right, this one is real.' : 'No, this one was made by a computer.');
  }

  #tell(text: string): void {
    byId('verdict').textContent = text;
  }

  #offer(text: string): void {
    this.#next.textContent = text;
    this.#next.hidden = false;
    this.#next.focus();
  }

  #end(): void {
    const answers: Answers = { study: this.#data.study, person: this.#person, ended: new Date().toISOString(), trials: this.#trials };
    this.#pair.hidden = true;
    byId('text').textContent = 'Thank you, that was all. Save the answers, and send the file to whoever asked you.';
    const save = byId('save') as HTMLAnchorElement;
    save.href = URL.createObjectURL(new Blob([JSON.stringify(answers)], { type: 'application/json' }));
    save.download = `answers-${this.#person}.json`;
    save.hidden = false;
    save.focus();
  }
}

new Study(JSON.parse(byId('data').textContent ?? '') as StudyData);
