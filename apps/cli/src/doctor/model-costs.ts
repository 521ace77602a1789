/** What training the paper's models, and a small one, takes on a backend. */
import { type Backend, type ModelConfig, type Speed, secondsOf } from '@cyclegan/core';
import { DATA_SETS } from '../download/data-sets.ts';
import { estimateStep, pictureBytes, speedHere } from '../estimate/step-estimate.ts';
import { PRESET_NAMES, PRESETS } from '../settings/presets.ts';
import { type GivenSettings, modelOf, resolveSettings, type Settings, totalSteps } from '../settings/settings.ts';

/** What a training takes. */
export interface ModelCost {
  /** The preset, or the options that make the model. */
  readonly name: string;
  readonly bytes: number;
  /** With `--memory low`. */
  readonly lowBytes: number;
  readonly secondsPerStep: number;
  /** Steps of the whole training, where the number of pictures is known; otherwise a thousand. */
  readonly steps: number;
  readonly wholeTraining: boolean;
}

type StepCosts = Pick<ModelCost, 'bytes' | 'lowBytes' | 'secondsPerStep'>;

/** The model that the README begins with. */
const SMALL: GivenSettings = { size: 128, ngf: 32, ndf: 32, blocks: 6 };

/** Where nothing says how many pictures there are. */
const SOME_STEPS = 1000;

/** The costs of the small model and of every preset; takes a few seconds. */
export async function modelCosts(backend: Backend): Promise<readonly ModelCost[]> {
  const speed = await speedHere(backend);
  const known = new Map<string, StepCosts>();
  const costOf = (settings: Settings) => {
    const model = modelOf(settings);
    const key = JSON.stringify(model);
    const cost = known.get(key) ?? costOfModel(model, backend, speed);
    known.set(key, cost);
    return cost;
  };
  const models = [
    { name: '--size 128 --ngf 32 --ndf 32 --blocks 6', given: SMALL },
    ...PRESET_NAMES.map((name) => ({ name: `--preset ${name}`, given: PRESETS[name] as GivenSettings, dataSet: name })),
  ];
  return models.map(({ name, given, ...of }) => {
    const settings = resolveSettings(given);
    const pictures = DATA_SETS.find((dataSet) => 'dataSet' in of && dataSet.name === of.dataSet)?.pictures;
    const { bytes, lowBytes, secondsPerStep } = costOf(settings);
    const kept = pictures === undefined ? 0 : pictureBytes(settings, pictures);
    return { name, bytes: bytes + kept, lowBytes: lowBytes + kept, secondsPerStep, ...stepsOf(settings, pictures) };
  });
}

function costOfModel(model: ModelConfig, backend: Backend, speed: Speed): StepCosts {
  const { bytes, work } = estimateStep(model, backend);
  return { bytes, lowBytes: estimateStep(model, backend, { memory: 'low' }).bytes, secondsPerStep: secondsOf(work, speed) };
}

function stepsOf(settings: Settings, pictures: readonly number[] | undefined): Pick<ModelCost, 'steps' | 'wholeTraining'> {
  if (pictures === undefined) return { steps: SOME_STEPS, wholeTraining: false };
  return { steps: totalSteps(settings, Math.ceil(Math.max(...pictures) / settings.batchSize)), wholeTraining: true };
}
