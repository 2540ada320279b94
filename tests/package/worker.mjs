// What the test's worker does: it is given the compiled module and a scenario, and sends the run back.
import { parentPort, workerData } from 'node:worker_threads';

import { initSync, simulate } from '../../pkg/accelerando.js';

initSync({ module: workerData.module });
const run = simulate('flash-sale', { parameters: workerData.parameters });
parentPort.postMessage({ run, recipe: run.recipe });
