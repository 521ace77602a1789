/** How good translations are, in numbers. */
export { blockMeans } from './block-means.ts';
export { type Colour, ColourCounts, paint } from './colours.ts';
export { classChangeRate, likeliestClass } from './distributions/class-change.ts';
export { type Compared, FeatureList, type Features, type FewSamples } from './distributions/features.ts';
export { type FrechetDistance, frechetDistance } from './distributions/fid.ts';
export {
  drawSubsets,
  type KernelDistance,
  kernelDistance,
  meanDiscrepancy,
  type Subset,
  type SubsetOptions,
} from './distributions/kid.ts';
export { type PrecisionRecall, precisionRecall } from './distributions/precision-recall.ts';
export { l1Distance } from './l1-distance.ts';
export { accuracyWithin, type PeakOption, type PixelDistances, pixelDistances } from './pictures/pixel-metrics.ts';
export { INTERPOLATIONS, type Interpolation, type ResampleOptions, resample } from './pictures/resample.ts';
export { type MultiScaleSimilarity, multiScaleSsim, ssim } from './pictures/ssim.ts';
export { MetricError, type Pixels } from './pixels.ts';
export { batched } from './run/batched.ts';
export { collectFeatures, type NamedFeatures, type NamedPicture, type RowsOf } from './run/collect-features.ts';
export { type NetworkInput, networkInput } from './run/network-input.ts';
export {
  type MeasuredPicture,
  PICTURE_MEASURES,
  type PictureMeasure,
  type PictureOptions,
  type PicturePair,
  type PictureResult,
  scorePictures,
  TOLERANCES,
} from './run/score-pictures.ts';
export {
  type Figure,
  type PredictedMap,
  type ScoredPicture,
  type SegmentationOptions,
  type SegmentationResult,
  scoreSegmentations,
} from './run/score-segmentations.ts';
export { type Score, summarise } from './score.ts';
export {
  type ClassMap,
  countVoid,
  generatedClasses,
  mostLikelyClasses,
  type NearestClassOptions,
  nearestClasses,
  resampleClasses,
  VOID,
} from './segmentation/class-map.ts';
export { type Confusion, confusionOf, sumConfusions } from './segmentation/confusion.ts';
export {
  CITYSCAPES_PALETTE,
  FACADES_PALETTE,
  MAPS_PALETTE,
  PALETTES,
  type Palette,
  type PaletteClass,
  parsePalette,
  type Rgb,
  TOWN_MAP_PALETTE,
  TOWN_PALETTE,
} from './segmentation/palette.ts';
export {
  type Absent,
  type ClassScore,
  type SegmentationScores,
  type SegmentationTable,
  segmentationScores,
} from './segmentation/segmentation-scores.ts';
export {
  type BootstrapOptions,
  bootstrapInterval,
  bootstrapIntervals,
  type Estimate,
  estimateMean,
  type Interval,
  pairedDifference,
  quantile,
} from './statistics/bootstrap.ts';
