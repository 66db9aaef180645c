/** The parts of a notice that the demo looks at. */
export interface Alert {
  readonly rule: string;
  /** Undefined for incidents that concern no single feature. */
  readonly feature: string | undefined;
  readonly transition: string;
  readonly text: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a notice, bare or as the `data` of a webhook. Undefined when it is none. */
export function readAlert(value: unknown): Alert | undefined {
  if (!isRecord(value)) return undefined;
  const notice = isRecord(value.data) ? value.data : isRecord(value.notice) ? value.notice : value;
  const { finding, transition, text } = notice;
  if (!isRecord(finding) || typeof finding.rule !== 'string' || typeof text !== 'string') {
    return undefined;
  }
  const labels = isRecord(finding.labels) ? finding.labels : {};
  return {
    rule: finding.rule,
    feature: typeof labels.feature === 'string' ? labels.feature : undefined,
    transition: String(transition),
    text,
  };
}

/** Reads a line of `tokenmeter up --json`. Undefined when it is no notice. */
export function readAlertLine(line: string): Alert | undefined {
  try {
    return readAlert(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
