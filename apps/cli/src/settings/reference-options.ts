/**
 * Options of the reference implementation (junyanz/pytorch-CycleGAN-and-pix2pix), for those who type them from habit. What is spelled
 * alike there and here is not listed: name, model, ngf, ndf, norm, direction, preprocess, lr, beta1.
 */

/** What each of its options, where the spelling differs, is called here. */
export const REFERENCE_OPTIONS: Readonly<Record<string, string>> = {
  dataroot: '--data',
  checkpoints_dir: '--runs',
  gpu_ids: '--device cuda',
  input_nc: '--channels-a',
  output_nc: '--channels-b',
  netG: '--generator with --blocks or --levels',
  netD: '--discriminator',
  n_layers_D: '--disc-layers',
  no_dropout: '--no-dropout',
  init_type: '--init-type',
  init_gain: '--init-gain',
  dataset_mode: '--model',
  serial_batches: '--serial',
  num_threads: '--threads',
  batch_size: '--batch-size',
  load_size: '--load-size',
  crop_size: '--size',
  max_dataset_size: '--max-pictures',
  no_flip: '--no-flip',
  continue_train: '--resume',
  epoch: '--from-step with --resume, or --epochs for how many',
  load_iter: '--from-step with --resume',
  epoch_count: '--resume, which knows the epoch',
  n_epochs: '--epochs',
  n_epochs_decay: '--decay-epochs',
  niter: '--epochs',
  niter_decay: '--decay-epochs',
  gan_mode: '--gan-mode',
  pool_size: '--pool-size',
  lr_policy: '--lr-policy',
  lr_decay_iters: '--decay-every',
  lambda_A: '--lambda-a',
  lambda_B: '--lambda-b',
  lambda_identity: '--lambda-identity',
  lambda_L1: '--lambda-l1',
  display_freq: '--sample-every',
  update_html_freq: '--sample-every',
  save_latest_freq: '--checkpoint-every',
  save_epoch_freq: '--keep-every-epochs',
};

const LOSSES = 'the losses of every step are in metrics.jsonl in the folder of the run; leave it out.';
const PICTURES = 'pictures are PNG files in samples/ in the folder of the run, and need no server or page; leave it out.';

/** Why others have no counterpart here. */
export const NO_COUNTERPART: Readonly<Record<string, string>> = {
  verbose: 'networks are not printed; --print-config shows the settings that make them.',
  suffix: 'a run is called what --name says.',
  phase: 'train takes trainA and trainB; give other folders by --data-a and --data-b.',
  save_by_iter: 'checkpoints carry their step in their names and --keep says how many are kept; leave it out.',
  print_freq: LOSSES,
  use_wandb: LOSSES,
  wandb_project_name: LOSSES,
  no_html: PICTURES,
  display_id: PICTURES,
  display_server: PICTURES,
  display_env: PICTURES,
  display_port: PICTURES,
  display_ncols: PICTURES,
  display_winsize: PICTURES,
};
