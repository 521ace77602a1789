/**
 * The paper's data sets as its authors publish them: where they lie, what they hold, and whose the pictures are. Facts only; nothing
 * here downloads.
 */
import { RunError, UsageError } from '../errors.ts';
import { publishedName } from '../settings/presets.ts';
import { didYouMean } from '../suggest.ts';

const SERVER = 'http://efrosgans.eecs.berkeley.edu';

const IMAGENET =
  'From ImageNet, which gives access for non-commercial research and education only; the copyright stays with the photographers.';
const FLICKR =
  'From Flickr: the copyright stays with the photographers, each of whom chose a licence that the archive does not tell. For research only.';
const WIKIART =
  'Paintings from WikiArt.org, mostly in the public domain but not everywhere; photographs from Flickr, whose copyright stays with the photographers. For research only.';

/** A data set that can be downloaded. */
export interface DataSet {
  /** As it was published. */
  readonly name: string;
  readonly url: string;
  /** What it holds, of training pictures. */
  readonly contents: string;
  /** How many, of A and of B. */
  readonly pictures?: readonly [A: number, B: number];
  /** Where the pictures come from, and what is known of their terms of use. */
  readonly terms: string;
}

type About = Pick<DataSet, 'contents' | 'pictures' | 'terms'>;

const OFFERED: Readonly<Record<string, About>> = {
  apple2orange: { contents: '996 apples, 1020 oranges', pictures: [996, 1020], terms: IMAGENET },
  horse2zebra: { contents: '939 horses, 1177 zebras', pictures: [939, 1177], terms: IMAGENET },
  summer2winter_yosemite: { contents: 'Yosemite: 1273 photographs in summer, 854 in winter', pictures: [1273, 854], terms: FLICKR },
  monet2photo: { contents: '1074 paintings by Monet, 6853 landscapes', pictures: [1074, 6853], terms: WIKIART },
  cezanne2photo: { contents: '584 paintings by Cezanne, 6853 landscapes', pictures: [584, 6853], terms: WIKIART },
  ukiyoe2photo: { contents: '1433 Ukiyo-e prints, 6853 landscapes', pictures: [1433, 6853], terms: WIKIART },
  vangogh2photo: { contents: '401 paintings by Van Gogh, 6853 landscapes', pictures: [401, 6853], terms: WIKIART },
  maps: {
    contents: '1096 aerial photographs of New York, 1096 maps',
    pictures: [1096, 1096],
    terms:
      'From Google Maps: the copyright stays with Google and its suppliers, whose terms of service do not allow copies beyond their own uses. For research only.',
  },
  facades: {
    contents: '400 facades, as many label maps',
    pictures: [400, 400],
    terms: 'From the CMP Facade Database (Tylecek and Sara 2013), whose authors ask to be cited; see its page for its terms.',
  },
  iphone2dslr_flower: { contents: '1813 flowers by telephone, 3316 by reflex camera', pictures: [1813, 3316], terms: FLICKR },
  ae_photos: {
    contents: 'photographs to translate, none to train on',
    terms: 'Published by their photographer, who keeps the copyright, to try models on.',
  },
};

/** How to come by the data sets that cannot be downloaded here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  [
    'cityscapes',
    'its licence lets nobody pass it on: register at https://www.cityscapes-dataset.com, download leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip, then put the photographs (leftImg8bit/train) into cityscapes/trainA and of the labels (gtFine/train) those named *_color.png into cityscapes/trainB.',
  ],
  [
    'edges2shoes',
    `it is an archive of about 2 GB for another program: download ${SERVER}/pix2pix/datasets/edges2shoes.tar.gz (shoes from UT Zappos50K, for non-commercial research), unpack it with 'tar -xzf edges2shoes.tar.gz', and train with --data edges2shoes --preset edges2shoes.`,
  ],
]);

/** The data sets that can be downloaded, in the order of the help. */
export const DATA_SETS: readonly DataSet[] = Object.entries(OFFERED).map(([name, about]) => ({
  name,
  url: `${SERVER}/cyclegan/datasets/${name}.zip`,
  ...about,
}));

/** A data set by its published or short name; throws UsageError for an unknown name, RunError, with the way to it, for one that is elsewhere. */
export function dataSetNamed(given: string): DataSet {
  const name = publishedName(given);
  const found = DATA_SETS.find((dataSet) => dataSet.name === name);
  if (found !== undefined) return found;
  const way = ELSEWHERE.get(name);
  if (way !== undefined) throw new RunError(`${name} cannot be downloaded here: ${way}`);
  const names = DATA_SETS.map((dataSet) => dataSet.name);
  throw new UsageError(
    `there is no data set '${given}'${didYouMean(name, [...names, ...ELSEWHERE.keys()]) || '.'} Expected one of ${names.join(', ')}.`,
  );
}
