/** What a training run states about itself, in config.json and in checkpoints: its settings, the model that they make, and what it was computed with. */
export { environmentOf } from './environment.ts';
export { modelOf, scheduleOf, totalSteps } from './model.ts';
export {
  DEFAULTS,
  fillIn,
  type GivenSettings,
  SETTINGS,
  type Settings,
  SHORT_FORMS,
  settingsSchema,
  spelledOut,
} from './settings.ts';
export { ONE_OF, oneOf, wholeNumber } from './values.ts';
