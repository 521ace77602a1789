/** What can be seen of a picture in training: it, what is made of it, and with `all` what that leaves to be desired. Knows no files. */
import { type HostTensor, type ModelConfig, receptiveField } from '@cyclegan/core';
import { type BitDepth, differenceOf, type Picture, patchOverlay, tensorToPicture } from '@cyclegan/data';
import type { Side } from './fixed-pictures.ts';
import { judgementOf } from './judgement.ts';
import type { PictureTensors } from './picture-tensors.ts';
import type { Visuals } from './visuals.ts';

/** What there may be to see: differences are of `rec` and `idt` from `real`, patches what discriminators say of `real` and `fake`. */
export type ViewKind = 'real' | 'fake' | 'rec' | 'idt' | 'recDifference' | 'idtDifference' | 'patchReal' | 'patchFake';

/** A picture to look at. */
export interface View {
  readonly kind: ViewKind;
  readonly picture: Picture;
  /** In a number: the mean difference, as a share of that between black and white; or how real it is judged, as `Judgement` says. */
  readonly score?: number;
}

/** How pictures are shown. */
export interface ViewOptions {
  readonly model: ModelConfig;
  readonly visuals: Visuals;
  readonly bitDepth: BitDepth;
}

/** All views of a picture of domain `side`, `real` first. */
export function viewsOf(tensors: PictureTensors, side: Side, { model, visuals, bitDepth }: ViewOptions): View[] {
  const plain = (['real', 'fake', 'rec', 'idt'] as const).flatMap((kind) => {
    const tensor = tensors[kind];
    return tensor === undefined ? [] : [{ kind, picture: tensorToPicture(tensor, 0, bitDepth) }];
  });
  if (visuals === 'basic') return plain;
  const { real, fake, rec, idt, patchReal, patchFake } = tensors;
  const other = side === 'A' ? 'B' : 'A';
  return [
    ...plain,
    ...differenceView('recDifference', rec, real),
    ...differenceView('idtDifference', idt, real),
    ...patchView('patchReal', real, patchReal, { model, judge: side }),
    ...patchView('patchFake', fake, patchFake, { model, judge: other }),
  ];
}

function differenceView(kind: ViewKind, made: HostTensor | undefined, real: HostTensor): View[] {
  if (made === undefined) return [];
  const { picture, mean } = differenceOf(made, real);
  return [{ kind, picture, score: mean }];
}

interface Judging {
  readonly model: ModelConfig;
  /** The domain whose discriminator has judged. */
  readonly judge: Side;
}

function patchView(kind: ViewKind, picture: HostTensor | undefined, logits: HostTensor | undefined, { model, judge }: Judging): View[] {
  if (picture === undefined || logits === undefined) return [];
  const { map, score } = judgementOf(model.adversarial, logits);
  const spec = judge === 'A' && model.kind === 'cyclegan' ? model.discriminatorA : model.discriminatorB;
  return [{ kind, picture: patchOverlay(picture, map, receptiveField(spec)), score }];
}
