/** The script of the report, which starts when it is loaded: fetches the data, and hands them to each part of the page. Knows nothing of what parts show. */
import 'uplot/dist/uPlot.min.css';
import './report.css';
import type { ReportData } from '../report-data.ts';
import { ChartsView } from './charts-view.ts';
import { byId } from './dom.ts';
import { EvaluationsView } from './evaluations-view.ts';
import { fetchData } from './fetch-data.ts';
import { isStale } from './news.ts';
import { PicturesView } from './pictures-view.ts';
import { StatusView } from './status-view.ts';
import { CommandsView, EnvironmentView, SettingsView } from './tables.ts';
import { WarningsView } from './warnings-view.ts';

/** Milliseconds between two looks at the data while the run is trained. */
const INTERVAL = 3000;

const MISSING =
  'The data of this report are missing: report/data.js lies in the folder of the run, beside this page. Copy the whole folder, or go on with the run, which writes them anew.';

/** A part of the page. */
interface View {
  update(data: ReportData): void;
}

class Report {
  readonly #status = new StatusView(byId('status'));
  readonly #views: readonly View[];
  #data: ReportData | undefined;

  constructor() {
    const part = (name: string) => byId(name).querySelector('div') ?? byId(name);
    this.#views = [
      new WarningsView(part('warnings')),
      new PicturesView(part('pictures')),
      new EvaluationsView(byId('evaluations')),
      new ChartsView(part('curves')),
      new SettingsView(part('settings')),
      new CommandsView(part('commands')),
      new EnvironmentView(part('environment')),
    ];
  }

  async look(): Promise<void> {
    const data = await fetchData();
    if (data !== undefined) this.#take(data);
    else if (this.#data === undefined) byId('message').textContent = MISSING;
    if (this.#data !== undefined) this.#status.update(this.#data, isStale(this.#data, Date.now()));
    // data may come late, and a run that was stopped may go on
    if (this.#data?.status !== 'done') setTimeout(() => this.look(), this.#data?.status === 'training' ? INTERVAL : 5 * INTERVAL);
  }

  #take(data: ReportData): void {
    if (data.updated === this.#data?.updated) return;
    this.#data = data;
    document.title = `${data.name}: ${data.status}`;
    byId('message').hidden = true;
    byId('status').hidden = false;
    // charts measure the room that they have
    byId('report').hidden = false;
    for (const view of this.#views) view.update(data);
  }
}

void new Report().look();
