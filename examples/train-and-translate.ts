import { writeFile } from 'node:fs/promises';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { cycleGanModel, PAPER_SCHEDULE, Translator, train } from '@cyclegan/core';
import { decodePicture, encodePng, findDomains, PictureBatches, pictureToTensor, tensorToPicture } from '@cyclegan/data';

const [backend, pictures] = [await createOnnxBackend(), await findDomains('horse2zebra', 'train')];
const data = new PictureBatches({ ...pictures, height: 128, width: 128, seed: 1 });
const model = cycleGanModel({ height: 128, width: 128 });
for await (const event of train({ model, backend, data, learningRate: 2e-4, schedule: PAPER_SCHEDULE, seed: 1, maxSteps: 20_000 })) {
  if (event.kind === 'step') console.log(event.step, event.losses);
  if (event.kind !== 'checkpoint') continue;
  const translator = new Translator({ backend, generator: model.generatorAB, weights: event.state.variables });
  const zebra = await translator.translate(pictureToTensor(await decodePicture('horse.jpg', { channels: 3 })));
  await writeFile('zebra.png', await encodePng(tensorToPicture(zebra, 0)));
}
