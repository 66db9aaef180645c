import type { IncidentCommand } from '@tokenmeter/anomaly';
import type { IncidentDesk } from '@tokenmeter/worker';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { ApiProblem } from './api.ts';

/** What the routes work with. */
export interface IncidentRouteOptions {
  /** Undefined until a worker runs. */
  readonly desk: () => IncidentDesk | undefined;
  readonly clock: () => number;
}

const MINUTE_MS = 60_000;
const MOST_MINUTES = 30 * 1440;

const actor = z.string().trim().min(1).max(100).default('page');
const commandBody = z.strictObject({ actor, cause: z.string().trim().min(1).max(500).optional() });
const snoozeBody = z.strictObject({
  actor,
  minutes: z.number().positive().max(MOST_MINUTES).optional(),
  untilEpochMs: z.number().positive().max(8.64e15).optional(),
});
const texts = z.array(z.string().min(1).max(200)).min(1).max(50).optional();
const muteBody = z.strictObject({
  match: z.strictObject({
    severity: texts,
    rule: texts,
    service: texts,
    environment: texts,
    feature: texts,
    team: texts,
    model: texts,
  }),
  minutes: z.number().positive().max(MOST_MINUTES),
  reason: z.string().max(200).optional(),
});

type Action = IncidentCommand['kind'];

/**
 * Adds `/api/v1/incidents`: `GET` lists, `GET …/<id>` shows one with its history and deliveries, `POST …/<id>/acknowledge`
 * (`{ actor?, cause? }`), `…/snooze` (`{ actor?, minutes | untilEpochMs }`), `…/expected` and `…/resolve`
 * (`{ actor? }`) act. `/api/v1/mutes`: `GET`, `POST` (`{ match, minutes, reason? }`), `DELETE …/<number>`.
 */
export function addIncidents(app: Hono, options: IncidentRouteOptions): void {
  app.get('/api/v1/incidents', (context) => {
    const desk = options.desk();
    return desk === undefined ? noWorker(context) : context.json(desk.list());
  });
  app.get('/api/v1/incidents/:id', (context) => {
    const desk = options.desk();
    if (desk === undefined) return noWorker(context);
    const { id } = context.req.param();
    const detail = desk.show(id);
    if (detail !== undefined) return context.json(detail);
    return context.json(problem(`there is no incident ${id}`), 404);
  });
  for (const action of ['acknowledge', 'snooze', 'expected', 'resolve'] as const) {
    app.post(`/api/v1/incidents/:id/${action}`, async (context) => {
      const desk = options.desk();
      if (desk === undefined) return noWorker(context);
      const body: unknown = await context.req.json().catch(() => undefined);
      const command = readCommand(action, body, options.clock());
      if (typeof command === 'string') return context.json(problem(command), 400);
      const answer = desk.act(context.req.param('id'), command);
      if (answer.ok) return context.json(answer.incident);
      return context.json(problem(answer.problem), answer.kind === 'refused' ? 409 : 404);
    });
  }
  addMutes(app, options);
}

function addMutes(app: Hono, options: IncidentRouteOptions): void {
  app.get('/api/v1/mutes', (context) => {
    const desk = options.desk();
    return desk === undefined ? noWorker(context) : context.json(desk.mutes(options.clock()));
  });
  app.post('/api/v1/mutes', async (context) => {
    const desk = options.desk();
    if (desk === undefined) return noWorker(context);
    const body = muteBody.safeParse(await context.req.json().catch(() => undefined));
    if (!body.success) return context.json(problem(describeIssues(body.error)), 400);
    const { match, minutes, reason } = body.data;
    const fromEpochMs = options.clock();
    const id = desk.mute({
      match: Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined)),
      fromEpochMs,
      untilEpochMs: fromEpochMs + minutes * MINUTE_MS,
      ...(reason === undefined ? {} : { reason }),
    });
    return context.json({ id }, 201);
  });
  app.delete('/api/v1/mutes/:id', (context) => {
    const desk = options.desk();
    if (desk === undefined) return noWorker(context);
    const { id } = context.req.param();
    if (desk.unmute(Number(id))) return context.json({ id: Number(id) });
    return context.json(problem(`there is no mute ${id}`), 404);
  });
}

/** Reads what a person asks for; a text says what is wrong with it. */
function readCommand(kind: Action, body: unknown, epochMs: number): IncidentCommand | string {
  if (kind === 'snooze') {
    const parsed = snoozeBody.safeParse(body);
    if (!parsed.success) return describeIssues(parsed.error);
    const { minutes, untilEpochMs } = parsed.data;
    if (minutes === undefined && untilEpochMs === undefined) {
      return 'snooze needs minutes or untilEpochMs';
    }
    const until = untilEpochMs ?? epochMs + (minutes ?? 0) * MINUTE_MS;
    return { kind, epochMs, actor: parsed.data.actor, untilEpochMs: until };
  }
  const parsed = commandBody.safeParse(body ?? {});
  if (!parsed.success) return describeIssues(parsed.error);
  const by = { epochMs, actor: parsed.data.actor };
  if (kind !== 'acknowledge') return { kind, ...by };
  const { cause } = parsed.data;
  return { kind, ...by, ...(cause === undefined ? {} : { cause }) };
}

function problem(error: string, hint?: string): ApiProblem {
  return { error, ...(hint !== undefined && { hint }) };
}

function noWorker(context: Context): Response {
  return context.json(problem('no worker runs yet', 'try again in a moment'), 503);
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
}
