import { replyToResponses } from './openai-responses.ts';
import { type Asked, json, objectOf, type Reply } from './reply.ts';

/** Times that a response is fetched before it is finished. */
const FETCHES_BEFORE_END = 2;

interface Job {
  readonly asked: Asked;
  fetches: number;
}

/** What is answered to a request about a response that is made in the background. */
export interface JobReply {
  readonly reply: Reply;
  /** True for the answer that brings the end, the first time: the call that an observer must count. */
  readonly isEnd: boolean;
}

/** Responses of OpenAI's background mode: queued at first, finished after some fetches. */
export class BackgroundJobs {
  readonly #jobs = new Map<string, Job>();

  /** The answer to a request that creates a response; undefined for one that waits for it. */
  create(asked: Asked): JobReply | undefined {
    if (asked.body.background !== true || !asked.path.endsWith('/responses')) return undefined;
    this.#jobs.set(`resp_${asked.position}`, { asked, fetches: 0 });
    if (asked.body.stream !== true) return { reply: unfinished(asked, 'queued'), isEnd: false };
    // The stream breaks off after its first words; the rest is fetched.
    const { pieces, ...reply } = replyToResponses(asked);
    return { reply: { ...reply, pieces: pieces.slice(0, 5) }, isEnd: false };
  }

  /** The answer to `GET /v1/responses/{id}`; undefined for responses that are not known. */
  fetch(path: string): JobReply | undefined {
    const [id = '', query = ''] = (path.split('/').at(-1) ?? '').split('?');
    const job = this.#jobs.get(id);
    if (job === undefined) return undefined;
    job.fetches += 1;
    const isStream = query.includes('stream=true');
    if (!isStream && job.fetches < FETCHES_BEFORE_END) {
      return { reply: unfinished(job.asked, 'in_progress'), isEnd: false };
    }
    const isEnd = isStream || job.fetches === FETCHES_BEFORE_END;
    if (isStream) job.fetches = FETCHES_BEFORE_END;
    const body = { ...job.asked.body, stream: isStream };
    const reply = replyToResponses({ ...job.asked, body });
    return { reply: isStream ? { ...reply, pieces: reply.pieces.slice(5) } : reply, isEnd };
  }
}

function unfinished(asked: Asked, status: string): Reply {
  const whole = replyToResponses({ ...asked, body: { ...asked.body, stream: false } });
  const body = objectOf(JSON.parse(String(whole.pieces[0])));
  return {
    ...whole,
    tokens: undefined,
    ...json({ ...body, status, completed_at: null, output: [], usage: null }),
  };
}
