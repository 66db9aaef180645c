import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { general, tokenmeter } from '@tokenmeter/semconv';
import { BOARD_UIDS } from '../board-uids.ts';
import type { Naming } from '../naming.ts';
import { DATASOURCE, datasourceVariable, filterVariables } from './filters.ts';
import { type BoardSource, createGains, type Gains } from './gains.ts';
import { firingAlerts, openIncidents } from './open-incidents.ts';
import type { BoardLink } from './panels.ts';

/** What a board is rendered for. */
export interface BoardOptions {
  readonly naming: Naming;
  readonly source: BoardSource;
  /** Uid of the data source that the board opens with; Grafana's default without it. */
  readonly datasourceUid?: string | undefined;
}

/** What panels are written with. */
export interface BoardContext extends BoardOptions {
  readonly gains: Gains;
  /** A link to another board that keeps range and filters. */
  readonly linkTo: (board: keyof typeof BOARD_UIDS) => BoardLink;
}

/** One row: a heading and what stands below it. */
interface BoardRow {
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** A board as its source says it. */
export interface BoardText {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Start of the range that is shown first. */
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  /** Where a panel without a link of its own leads. */
  readonly next: BoardLink;
  readonly rows: readonly BoardRow[];
}

const TITLES = {
  spend: 'Who spends it?',
  efficiency: 'What are the tokens?',
  pipeline: 'Is it unusual, and is it all?',
  article: 'The four rules',
} as const;

/** Both variants may be in one Grafana. */
function uidOf(uid: string, source: BoardSource): string {
  return source === 'raw' ? `${uid}-raw` : uid;
}

/** The tag by which boards find each other. */
const TAG = 'tokenmeter';

/** Puts a board together: filters, links to the other boards, alerts as annotations. */
export function buildBoard(
  text: BoardText,
  { naming, source, datasourceUid }: BoardOptions,
): Dashboard {
  const hint =
    source === 'raw'
      ? ' This variant reads raw counters: first values of new series are missing and the rest is extrapolated. Install the recording rules for exact figures.'
      : '';
  const board = new DashboardBuilder(text.title)
    .uid(uidOf(text.uid, source))
    .description(`${text.description}${hint}`)
    .tags([TAG])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('1m')
    .time({ from: text.from, to: 'now' })
    .link(
      new DashboardLinkBuilder('Tokenmeter')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .annotation(incidentsOfWorker())
    .annotation(alertsOfRules(naming))
    .withVariable(datasourceVariable(datasourceUid));
  for (const variable of filterVariables(naming, source)) board.withVariable(variable);
  for (const variable of text.variables) board.withVariable(variable);
  for (const row of text.rows) {
    board.withRow(new RowBuilder(row.title).id(row.id));
    for (const panel of row.panels) board.withPanel(linked(panel, text.next));
  }
  return board.build();
}

function linked(panel: Builder<Panel>, { title, url }: BoardLink): Builder<Panel> {
  return {
    build() {
      const built = panel.build();
      if ((built.links ?? []).length > 0) return built;
      return { ...built, links: [new DashboardLinkBuilder(title).url(url).build()] };
    },
  };
}

function incidentsOfWorker(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Incidents')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('red')
    .expr(`max by (source, rule, severity, service, feature) (${openIncidents()})`)
    .titleFormat('{{rule}}')
    .textFormat('{{severity}} {{service}} {{feature}}')
    .tagKeys('rule,severity')
    .step('60s');
}

function alertsOfRules(naming: Naming): AnnotationQueryBuilder {
  const service = naming.legend(general.serviceName);
  const feature = naming.legend(tokenmeter.feature);
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('orange')
    .expr(firingAlerts(naming))
    .titleFormat('{{alertname}}')
    .textFormat(`{{severity}} {{${service}}} {{${feature}}}`)
    .tagKeys('alertname,severity')
    .step('60s');
}

/** The context of one board's panels. */
export function boardContext(options: BoardOptions): BoardContext {
  return {
    ...options,
    gains: createGains(options.source, options.naming),
    linkTo: (board) => ({
      title: TITLES[board],
      url: `/d/${uidOf(BOARD_UIDS[board], options.source)}?\${__url_time_range}&\${__all_variables}`,
    }),
  };
}
