/** The page: hands what a person wants to the worker that trains, and shows what comes of it. */
import type { Direction } from '@cyclegan/core';
import type { Picture } from '@cyclegan/data/memory';
import { byId, download } from './dom.ts';
import { LossCharts } from './loss-charts.ts';
import { canvasOf, sampleView } from './picture-view.ts';
import type { News, Order, StepLine } from './protocol.ts';
import { TrainingForm } from './training-form.ts';

const button = (id: string) => byId(id, HTMLButtonElement);
const part = (id: string) => byId(id, HTMLElement);

/** What is done at each kind of news. */
type Heard = { readonly [Kind in News['kind']]: (news: NewsOf<Kind>) => void };
type NewsOf<Kind extends News['kind']> = Extract<News, { kind: Kind }>;

/** Everything on the page, and the worker. */
class Page {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #form = new TrainingForm(byId('form', HTMLFormElement), () => this.#train());
  readonly #charts = new LossCharts(part('charts'));
  readonly #progress = byId('progress', HTMLProgressElement);
  readonly #heard: Heard = {
    open: ({ engine }) => {
      this.#engine = engine;
      this.#say(`Ready, on ${engine}.`);
    },
    loading: ({ done, total }) => this.#say(`Pictures: ${done} of ${total} ...`),
    compiling: () => this.#say(`Compiling the training step for ${this.#engine} ...`),
    ready: ({ lastStep }) => {
      this.#lastStep = lastStep;
      this.#say('The first step ...');
    },
    step: ({ line }) => this.#showStep(line),
    sample: (sample) => showSample(sample),
    checkpoint: ({ step }) => this.#offer(step),
    done: ({ step }) => this.#end(step),
    saved: ({ step, bytes }) => download(fileOf(step), new Blob([bytes])),
    translated: ({ picture }) => showTranslation(picture),
    failed: (failure) => this.#endFailed(failure),
  };
  #engine = '';
  #lastStep = 0;
  /** Of the last checkpoint, which the page offers. */
  #checkpoint = 0;
  #training = false;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<News>) => this.#hear(data));
    this.#worker.addEventListener('error', ({ message }) => this.#fail(`the worker that trains has failed: ${message}. Reload the page.`));
    button('stop').addEventListener('click', () => {
      button('stop').disabled = true;
      this.#say('Stopping after the steps under way ...');
      this.#order({ kind: 'stop' });
    });
    button('go-on').addEventListener('click', () => this.#goOn());
    button('save').addEventListener('click', () => this.#order({ kind: 'save' }));
    button('save-losses').addEventListener('click', () => this.#saveLosses());
    button('save-picture').addEventListener('click', () => savePicture());
    byId('translate-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#translate(new FormData(event.target as HTMLFormElement));
    });
    // what was trained is gone with the page
    addEventListener('beforeunload', (event) => {
      if (this.#training) event.preventDefault();
    });
    this.#say('Looking for a GPU ...');
    this.#order({ kind: 'open' });
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }

  #train(): void {
    this.#charts.cutTo(0);
    this.#begin('Making ready ...');
    for (const id of ['samples-section', 'losses-section', 'trained-section']) part(id).hidden = true;
    part('translation').replaceChildren();
    button('save-picture').hidden = true;
    this.#order({ kind: 'train', source: this.#form.source, choices: this.#form.choices });
  }

  #goOn(): void {
    const { steps } = this.#form.choices;
    this.#charts.cutTo(this.#checkpoint);
    this.#begin('Going on ...');
    this.#order({ kind: 'goOn', steps });
  }

  #begin(status: string): void {
    part('problem').hidden = true;
    this.#setTraining(true);
    this.#progress.removeAttribute('value');
    this.#say(status);
  }

  #setTraining(training: boolean): void {
    this.#training = training;
    this.#form.enable(!training);
    button('train').hidden = training;
    button('stop').hidden = !training;
    button('stop').disabled = false;
    button('go-on').hidden = training || part('trained-section').hidden;
    this.#progress.hidden = !training;
  }

  #say(status: string): void {
    part('status').textContent = status;
  }

  #hear(news: News): void {
    (this.#heard[news.kind] as (news: News) => void)(news);
  }

  #showStep(line: StepLine): void {
    part('losses-section').hidden = false;
    this.#charts.add(line);
    this.#progress.value = line.step / this.#lastStep;
    this.#say(`Step ${line.step} of ${this.#lastStep}, ${line.seconds.toPrecision(2)} s a step, on ${this.#engine}.`);
  }

  #offer(step: number): void {
    this.#checkpoint = step;
    part('trained-section').hidden = false;
    part('saved-step').textContent = `of step ${step}`;
    part('commands').textContent = `cyclegan import ${fileOf(step)} --name tab\ncyclegan train --name tab --resume --data FOLDER`;
  }

  #end(step: number): void {
    this.#setTraining(false);
    this.#say(`${step < this.#lastStep ? 'Stopped' : 'Done'} after step ${step}, on ${this.#engine}.`);
  }

  #endFailed({ what, message }: NewsOf<'failed'>): void {
    if (what === 'train' || what === 'goOn') {
      this.#setTraining(false);
      const kept = !part('trained-section').hidden;
      this.#say(kept ? `Training has failed; the checkpoint of step ${this.#checkpoint} is still here.` : 'Nothing has been trained.');
    }
    if (what === 'open') this.#say('Nothing can be trained here.');
    button('train').disabled = what === 'open';
    button('translate').disabled = false;
    this.#fail(message);
  }

  #fail(message: string): void {
    const problem = part('problem');
    problem.hidden = false;
    problem.textContent = message;
    problem.scrollIntoView({ block: 'nearest' });
  }

  #translate(chosen: FormData): void {
    part('problem').hidden = true;
    button('translate').disabled = true;
    this.#order({ kind: 'translate', file: chosen.get('picture') as File, direction: chosen.get('direction') as Direction });
  }

  #saveLosses(): void {
    download('metrics.jsonl', new Blob(this.#charts.lines.map((line) => `${JSON.stringify(line)}\n`)));
  }
}

function showSample({ step, rows }: NewsOf<'sample'>): void {
  part('samples-section').hidden = false;
  part('samples-step').textContent = `after step ${step}`;
  part('samples').replaceChildren(...rows.map(sampleView));
}

function showTranslation(picture: Picture): void {
  button('translate').disabled = false;
  button('save-picture').hidden = false;
  part('translation').replaceChildren(canvasOf(picture, 'the translation'));
}

/** The name that the command gives the checkpoint of a step. */
function fileOf(step: number): string {
  return `step-${String(step).padStart(6, '0')}.safetensors`;
}

function savePicture(): void {
  document.querySelector<HTMLCanvasElement>('#translation canvas')?.toBlob((blob) => {
    if (blob !== null) download('translation.png', blob);
  });
}

new Page();
