import Together from 'together-ai';
import { runChatProgram } from './chat-sdk.mjs';
import { url } from './program.mjs';

const client = new Together({ apiKey: 'none', baseURL: `${url}/v1` });
runChatProgram(client, 'meta-llama/Llama-3.3-70B-Instruct-Turbo');
