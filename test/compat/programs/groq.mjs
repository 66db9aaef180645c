import Groq from 'groq-sdk';
import { runChatProgram } from './chat-sdk.mjs';
import { url } from './program.mjs';

runChatProgram(new Groq({ apiKey: 'none', baseURL: url }), 'llama-3.3-70b-versatile');
