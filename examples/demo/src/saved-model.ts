import './backend.ts';

import { readFile, rename, writeFile } from 'node:fs/promises';

import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What is in the file: TensorFlow.js' topology as it is, all weights as one base64 text of little-endian float32. */
interface SavedModel {
  readonly format: 'vitrine-demo-model';
  readonly topology: object;
  readonly weightSpecs: tf.io.WeightsManifestEntry[];
  readonly weights: string;
}

/** Writes topology and weights to one JSON file, which appears whole or not at all. */
export async function saveModel(model: tfl.LayersModel, path: string): Promise<void> {
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const data = tf.io.CompositeArrayBuffer.join(artifacts.weightData);
      const saved: SavedModel = {
        format: 'vitrine-demo-model',
        topology: artifacts.modelTopology as object,
        weightSpecs: artifacts.weightSpecs ?? [],
        weights: Buffer.from(data).toString('base64'),
      };
      await writeFile(`${path}.part`, JSON.stringify(saved));
      await rename(`${path}.part`, path);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

/** Reads what `saveModel` wrote. Throws a sentence naming the file where it is something else. */
export async function loadModel(path: string): Promise<tfl.LayersModel> {
  const saved = JSON.parse(await readFile(path, 'utf8')) as Partial<SavedModel>;
  const { format, topology, weightSpecs, weights } = saved;
  if (format !== 'vitrine-demo-model' || topology === undefined || weightSpecs === undefined || weights === undefined) {
    throw new Error(`${path} is not a model that the demo saved.`);
  }
  const bytes = Buffer.from(weights, 'base64');
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return tfl.loadLayersModel({ load: async () => ({ modelTopology: topology, weightSpecs, weightData }) });
}
