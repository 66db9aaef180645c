// One of several threads that run the jobs of the evaluation: answers each job with its result.
import { parentPort } from 'node:worker_threads';
import { runJob } from './jobs.mjs';

parentPort.on('message', (job) => parentPort.postMessage(runJob(job)));
