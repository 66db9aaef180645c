import type { AlertContent, AlertLink, Tone } from './describe-alert.ts';

/** Colours of a tone: the strong one for signs and buttons, the pale one for surfaces, both readable with white or black. */
interface Palette {
  readonly strong: string;
  readonly pale: string;
}

const PALETTES: Readonly<Record<Tone, Palette>> = {
  critical: { strong: '#b3261e', pale: '#fdecea' },
  warning: { strong: '#9a5200', pale: '#fff3e0' },
  info: { strong: '#0b57a4', pale: '#e8f1fb' },
  resolved: { strong: '#1e6b34', pale: '#e8f5ec' },
  test: { strong: '#4a5560', pale: '#eef1f4' },
};
const INK = '#1b1f24';
const MUTED = '#57606a';
const LINE = '#d8dee4';
const FONT = '-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const BAR_WIDTH = 140;

/** Escapes text for HTML, inside elements and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Renders one alert as a card: sign, title, what happened, cost, facts, amounts, buttons. */
export function renderAlertHtml(content: AlertContent): string {
  const palette = PALETTES[content.tone];
  const cost = content.facts.find(
    ({ name, value }) => name === 'Extra cost' && /^[+-]/.test(value),
  );
  const others = content.facts.filter((fact) => fact !== cost);
  return [
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="border-collapse:separate;border:1px solid ${LINE};border-top:4px solid ${palette.strong};border-radius:8px;background:#ffffff">`,
    cell(
      '20px 24px 0',
      `<span style="display:inline-block;padding:3px 10px;border-radius:12px;background:${palette.strong};color:#ffffff;font-size:12px;font-weight:700;letter-spacing:.04em">${escapeHtml(content.status)}</span>`,
    ),
    cell(
      '10px 24px 0',
      `<h1 style="margin:0;font-size:20px;line-height:1.35;color:${INK}">${escapeHtml(withoutStatus(content))}</h1>`,
    ),
    ...wordsOf(content, palette),
    ...(cost === undefined ? [] : [costOf(cost.value, palette)]),
    ...(others.length === 0 ? [] : [cell('14px 24px 0', factTable(others))]),
    ...(content.why === undefined ? [] : [cell('18px 24px 0', amountTable(content.why, palette))]),
    cell('20px 24px 22px', buttonsOf(content.links, palette)),
    '</table>',
  ].join('\n');
}

/** Renders the whole mail around its alerts. `preview` is what a list of mails shows beside the subject. */
export function renderMailHtml(options: {
  readonly title: string;
  readonly preview: string;
  readonly heading?: string;
  readonly alerts: readonly string[];
  readonly footer: string;
}): string {
  const { title, preview, heading, alerts, footer } = options;
  const gap = `<div style="height:16px;line-height:16px">&nbsp;</div>`;
  const head =
    heading === undefined
      ? ''
      : `<h1 style="margin:0 0 16px;font-size:22px;color:${INK}">${escapeHtml(heading)}</h1>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin:0;padding:0;background:#f4f6f8;font-family:${FONT};color:${INK}">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">${escapeHtml(preview)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f6f8"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" style="width:100%;max-width:640px"><tr><td>
${head}${alerts.join(`\n${gap}\n`)}
<p style="margin:16px 4px 0;font-size:12px;line-height:1.5;color:${MUTED}">${escapeHtml(footer)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

/** The sign already says the status. */
function withoutStatus({ title, status }: AlertContent): string {
  const rest = title.startsWith(`${status} `) ? title.slice(status.length + 1) : title;
  return rest.slice(0, 1).toUpperCase() + rest.slice(1);
}

function wordsOf({ news, note }: AlertContent, palette: Palette): string[] {
  const lines = [news, note].filter((one) => one !== undefined);
  if (lines.length === 0) return [];
  const text = lines.map(escapeHtml).join('<br>');
  const box = `padding:10px 14px;border-left:4px solid ${palette.strong};background:${palette.pale};font-size:14px;line-height:1.5`;
  return [cell('14px 24px 0', `<div style="${box}">${text}</div>`)];
}

function costOf(value: string, palette: Palette): string {
  const [first = value, ...rest] = value.split(', ');
  const figure = `<span style="font-size:30px;font-weight:700;color:${palette.strong}">${escapeHtml(first)}</span>`;
  const more = `<span style="font-size:14px;color:${MUTED}">&nbsp;extra cost, ${escapeHtml(rest.join(', '))}</span>`;
  return cell('16px 24px 0', `${figure}${more}`);
}

function factTable(facts: readonly { readonly name: string; readonly value: string }[]): string {
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><th scope="row" align="left" valign="top" width="84" style="padding:4px 12px 4px 0;font-size:13px;line-height:1.6;font-weight:400;color:${MUTED}">${escapeHtml(name)}</th><td style="padding:4px 0;font-size:14px;line-height:1.5;word-break:break-word">${escapeHtml(value)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows.join('')}</table>`;
}

function amountTable(why: NonNullable<AlertContent['why']>, palette: Palette): string {
  const largest = Math.max(...why.parts.map(({ usd }) => Math.abs(usd)));
  const rows = why.parts.map(({ name, usd, text }) => {
    const width = largest > 0 ? Math.max(2, Math.round((BAR_WIDTH * Math.abs(usd)) / largest)) : 2;
    const colour = usd < 0 ? '#1e6b34' : palette.strong;
    const bar = `<table role="presentation" cellpadding="0" cellspacing="0"><tr><td width="${width}" height="10" style="width:${width}px;height:10px;background:${colour};border-radius:2px;font-size:0;line-height:0">&nbsp;</td></tr></table>`;
    return `<tr><td style="${CELL}">${escapeHtml(name)}</td><td width="${BAR_WIDTH + 8}" style="${CELL}">${bar}</td><td align="right" style="${CELL};${FIGURES}">${escapeHtml(text)}</td></tr>`;
  });
  const total = `<tr><td colspan="2" style="${CELL};border-top:1px solid ${LINE};font-weight:700">Change per hour</td><td align="right" style="${CELL};border-top:1px solid ${LINE};font-weight:700;${FIGURES}">${escapeHtml(why.total.replace('/h', ''))}</td></tr>`;
  return `<div style="font-size:13px;color:${MUTED};padding-bottom:4px">Why</div><table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows.join('')}${total}</table>`;
}

const CELL = 'padding:5px 0;font-size:14px';
const FIGURES = 'font-variant-numeric:tabular-nums;white-space:nowrap';

function buttonsOf(links: readonly AlertLink[], palette: Palette): string {
  const safe = links.filter(({ url }) => /^https?:\/\//i.test(url));
  return safe
    .map(({ kind, name, url }) => {
      const look =
        kind === 'acknowledge'
          ? `background:${palette.strong};color:#ffffff;border:1px solid ${palette.strong}`
          : `background:#ffffff;color:${INK};border:1px solid ${LINE}`;
      return `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:8px 14px;border-radius:6px;font-size:14px;font-weight:600;text-decoration:none;${look}">${escapeHtml(name)}</a>`;
    })
    .join('');
}

function cell(padding: string, html: string): string {
  return `<tr><td style="padding:${padding}">${html}</td></tr>`;
}
