/** Every training option of the reference implementation is there, or answered for. */
import { describe, expect, it } from 'vitest';
import { trainCommand } from '../../src/commands/train.ts';
import { NO_COUNTERPART, REFERENCE_OPTIONS } from '../../src/settings/reference-options.ts';

/** As in its base_options.py, train_options.py, cycle_gan_model.py and pix2pix_model.py. */
const REFERENCE = `
  dataroot name gpu_ids checkpoints_dir model input_nc output_nc ngf ndf netD netG n_layers_D norm init_type init_gain no_dropout
  dataset_mode direction serial_batches num_threads batch_size load_size crop_size max_dataset_size preprocess no_flip display_winsize
  epoch load_iter verbose suffix use_wandb wandb_project_name
  display_freq display_ncols display_id display_server display_env display_port update_html_freq print_freq no_html
  save_latest_freq save_epoch_freq save_by_iter continue_train epoch_count phase
  n_epochs n_epochs_decay beta1 lr gan_mode pool_size lr_policy lr_decay_iters
  lambda_A lambda_B lambda_identity lambda_L1`
  .trim()
  .split(/\s+/);

const flags = trainCommand(() => undefined)
  .options.filter(({ hidden }) => !hidden)
  .flatMap(({ short, long }) => [short, long]);

describe('the options of the reference', () => {
  it('are there under their own names, or answered', () => {
    const answered = { ...REFERENCE_OPTIONS, ...NO_COUNTERPART };
    const unknown = REFERENCE.filter((name) => !Object.hasOwn(answered, name) && !flags.includes(`--${name}`));
    expect(unknown).toEqual([]);
  });

  it('are answered with options that exist', () => {
    const named = Object.values({ ...REFERENCE_OPTIONS, ...NO_COUNTERPART }).flatMap((text) => text.match(/--[\w-]+/g) ?? []);
    // hidden, as the help tells of it beside --dropout
    expect(named.filter((flag) => !flags.includes(flag))).toEqual(['--no-dropout']);
  });
});
