/** The quiet parts at the end of the page: settings, commands, machine and pictures. */
import type { About, ReportData, ShownSetting } from '../report-data.ts';
import { element, Redrawn } from './dom.ts';

/** Shows the settings: what is not as usual first, the others on demand. */
export class SettingsView {
  readonly #drawn: Redrawn<About['settings']>;

  constructor(root: HTMLElement) {
    this.#drawn = new Redrawn(({ changed, usual }) => {
      const first =
        changed.length === 0 ? element('p', { class: 'quiet' }, 'All settings are the defaults.') : settingsTable(changed, true);
      const rest = element(
        'details',
        {},
        element('summary', {}, `The other ${usual.length} settings, which are as usual`),
        settingsTable(usual, false),
      );
      root.replaceChildren(first, rest);
    });
  }

  update({ about }: ReportData): void {
    this.#drawn.show(about.settings);
  }
}

function settingsTable(settings: readonly ShownSetting[], changed: boolean): HTMLElement {
  const titles = ['Setting', 'Value', ...(changed ? ['Unless given'] : [])];
  const rows = settings.map(({ flag, about, value, usual }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('code', {}, flag), element('span', { class: 'quiet' }, about)),
      element('td', {}, value),
      ...(changed ? [element('td', { class: 'quiet' }, usual)] : []),
    ),
  );
  const head = element('thead', {}, element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title))));
  return element('table', {}, head, element('tbody', {}, ...rows));
}

/** Shows what can be done with the run. */
export class CommandsView {
  readonly #drawn: Redrawn<Pick<ReportData, 'status'> & About['commands']>;

  constructor(root: HTMLElement) {
    this.#drawn = new Redrawn(({ status, goOn, translate }) => {
      const on =
        status === 'done' ? [] : [command(status === 'training' ? 'Go on, should the run be stopped:' : 'Go on with training:', goOn)];
      root.replaceChildren(...on, command('Translate pictures with the last checkpoint:', translate));
    });
  }

  update({ status, about }: ReportData): void {
    this.#drawn.show({ status, ...about.commands });
  }
}

function command(what: string, text: string): HTMLElement {
  return element('div', {}, element('p', {}, what), element('pre', { tabindex: '0' }, element('code', {}, text)));
}

/** Shows where and how it computes, and on what pictures. */
export class EnvironmentView {
  readonly #drawn: Redrawn<Pick<About, 'environment' | 'data'>>;

  constructor(root: HTMLElement) {
    this.#drawn = new Redrawn(({ environment, data }) => {
      root.replaceChildren(element('div', { class: 'facts' }, facts('Pictures', data), facts('Machine', environment)));
    });
  }

  update({ about: { environment, data } }: ReportData): void {
    this.#drawn.show({ environment, data });
  }
}

function facts(title: string, list: About['data']): HTMLElement {
  const entries = list.flatMap(([what, which]) => [element('dt', {}, what), element('dd', {}, which)]);
  return element('div', {}, element('h3', {}, title), element('dl', {}, ...entries));
}
