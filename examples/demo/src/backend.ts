/** TensorFlow.js computing in plain JavaScript. Import it for its effect wherever tensors are made. */
import '@tensorflow/tfjs-backend-cpu';

import { enableProdMode } from '@tensorflow/tfjs-core';

// Without it every kernel's output is searched for NaN, and a greeting is printed on stderr.
enableProdMode();
