/**
 * The ablations of the paper's section 5.1.4 as settings, and what tables 4 and 5 say of them (Cityscapes at 128 x 128, 200 epochs). A cycle is
 * forward when it starts from a label picture. Knows no files.
 */
import type { Published } from '../evaluate/comparison-report.ts';
import type { Metric } from '../evaluate/metric-names.ts';
import type { GivenSettings } from '../settings/settings.ts';

/** The tables: 4 is from labels to photos, 5 from photos to labels. */
export const TABLES = [4, 5] as const;

/** See TABLES. */
export type AblationTable = (typeof TABLES)[number];

/** A row of the tables. */
export interface Method {
  /** The name of its run. */
  readonly run: string;
  readonly name: string;
  /** Loss terms that are left out: weights of 0. */
  readonly without: GivenSettings;
}

/** The method that the others are compared with. */
export const WHOLE = 'CycleGAN';

/** The five methods, where label pictures are of domain `labels`. */
export function methodsOf(labels: 'A' | 'B'): readonly Method[] {
  // lambdaA weighs the cycle that starts from A
  const noForward: GivenSettings = labels === 'A' ? { lambdaA: 0 } : { lambdaB: 0 };
  const noBackward: GivenSettings = labels === 'A' ? { lambdaB: 0 } : { lambdaA: 0 };
  return [
    { run: 'cycle-alone', name: 'Cycle alone', without: { lambdaGanA: 0, lambdaGanB: 0 } },
    { run: 'gan-alone', name: 'GAN alone', without: { ...noForward, ...noBackward } },
    { run: 'gan-forward', name: 'GAN + forward cycle', without: noBackward },
    { run: 'gan-backward', name: 'GAN + backward cycle', without: noForward },
    { run: 'cyclegan', name: WHOLE, without: {} },
  ];
}

/** What a table measures, and what the paper found. */
export const TABLE: Readonly<Record<AblationTable, { readonly title: string; readonly metric: Metric; readonly published: Published }>> = {
  4: {
    title: 'Table 4: what each part of the loss does, labels to photos, by the FCN score',
    metric: 'fcn',
    published: paper({
      'Cycle alone': [0.22, 0.07, 0.02],
      'GAN alone': [0.51, 0.11, 0.08],
      'GAN + forward cycle': [0.55, 0.18, 0.12],
      'GAN + backward cycle': [0.39, 0.14, 0.06],
      [WHOLE]: [0.52, 0.17, 0.11],
    }),
  },
  5: {
    title: 'Table 5: what each part of the loss does, photos to labels',
    metric: 'segmentation',
    published: paper({
      'Cycle alone': [0.1, 0.05, 0.02],
      'GAN alone': [0.53, 0.11, 0.07],
      'GAN + forward cycle': [0.49, 0.11, 0.07],
      'GAN + backward cycle': [0.01, 0.06, 0.01],
      [WHOLE]: [0.58, 0.22, 0.16],
    }),
  },
};

function paper(values: Published['values']): Published {
  return { about: 'paper', columns: ['per-pixel', 'per-class', 'IoU'], values };
}
