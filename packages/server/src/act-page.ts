import type { IncidentView, LinkClaim } from '@tokenmeter/worker';

/** Words of the actions that links offer. */
const WORDS: Readonly<
  Record<
    LinkClaim['action'],
    { readonly ask: string; readonly what: string; readonly done: string }
  >
> = {
  acknowledge: {
    ask: 'Acknowledge',
    what: 'You take it: nobody is called further, unless it gets worse.',
    done: 'Acknowledged',
  },
  snooze: {
    ask: 'Snooze',
    what: 'Nobody is told until the snooze ends, unless it gets worse.',
    done: 'Snoozed',
  },
  expected: {
    ask: 'Mark as expected',
    what: 'Nobody is told until it is over, and baselines ignore this time.',
    done: 'Marked as expected',
  },
};

/** Style of these pages: they have no script and nothing from elsewhere. */
export const ACT_STYLE: string = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid; padding-left: 1rem; font: inherit; }
label { display: block; margin: 1rem 0; }
input, select { display: block; width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; }
button { padding: .6rem 1.2rem; font: inherit; font-weight: 600; cursor: pointer; }
`;

/** The page that asks before anything happens: opening it changes nothing. */
export function renderActPage({ action }: LinkClaim, incident: IncidentView): string {
  const { ask, what } = WORDS[action];
  const minutes =
    action === 'snooze'
      ? '<label>For<select name="minutes"><option value="60">1 hour</option><option value="240">4 hours</option><option value="1440">1 day</option></select></label>'
      : '';
  const cause =
    action === 'acknowledge'
      ? '<label>Cause, if you know it<input name="cause" maxlength="500"></label>'
      : '';
  return renderPage(
    `${ask}?`,
    `<p>${escapeHtml(incident.title)}</p>
<pre>${escapeHtml(incident.text)}</pre>
<p>${what}</p>
<form method="post">
<label>Your name<input name="actor" maxlength="100" autocomplete="name"></label>
${cause}${minutes}
<button type="submit">${ask}</button>
</form>`,
  );
}

/** The page after it happened. */
export function renderDonePage({ action }: LinkClaim, incident: IncidentView): string {
  return renderPage(`${WORDS[action].done}.`, `<p>${escapeHtml(incident.title)}</p>`);
}

/** The page for what cannot be done. */
export function renderRefusalPage(problem: string): string {
  return renderPage('Nothing was changed.', `<p>${escapeHtml(problem)}</p>`);
}

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} Tokenmeter</title>
<link rel="stylesheet" href="/act/style.css">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
