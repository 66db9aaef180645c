import {
  createFake,
  demand,
  isObject,
  type Json,
  parseJson,
  RefusedMessage,
  readObject,
  readUrl,
  type VendorFake,
} from './vendor-fake.ts';

const KEYS = ['labels', 'annotations', 'startsAt', 'endsAt', 'generatorURL'];

/**
 * Creates a fake of `POST /api/v2/alerts`: 200, or 400 for alerts without labels, with label names that are none, or
 * that end before they start.
 *
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (checked 2026-11-21)
 */
export function createAlertmanagerFake(): VendorFake<readonly Json[]> {
  return createFake(
    ({ path, body }) => {
      demand(path === '/api/v2/alerts', 'not the path of the API');
      const alerts = parseJson(body);
      if (!Array.isArray(alerts)) throw new RefusedMessage('the body is no list');
      return { message: alerts.map(readAlert), answer: { status: 200 } };
    },
    (words) => ({ status: 400, body: JSON.stringify(words) }),
  );
}

function readAlert(value: unknown): Json {
  const alert = readObject(value, 'alert', KEYS);
  demand(isObject(alert.labels) && Object.keys(alert.labels).length > 0, 'alert has no labels');
  for (const set of [alert.labels, alert.annotations]) {
    demand(isObject(set), 'annotations');
    for (const [name, text] of Object.entries(set)) {
      demand(/^[a-zA-Z_]\w*$/.test(name), `label ${name}`);
      demand(typeof text === 'string', `value of ${name}`);
    }
  }
  const starts = Date.parse(String(alert.startsAt));
  const ends = Date.parse(String(alert.endsAt));
  demand(!Number.isNaN(starts) && !Number.isNaN(ends), 'startsAt or endsAt');
  demand(starts <= ends, 'start time must be before end time');
  if (alert.generatorURL !== undefined) readUrl(alert.generatorURL, 'generatorURL', 8192);
  return alert;
}
