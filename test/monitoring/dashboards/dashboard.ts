/* eslint-disable @typescript-eslint/no-deprecated -- What Grafana reads from files is this schema, not its successor. */
import { DashboardBuilder, RowBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

export interface Panel {
  readonly title: string;
  /** Of Grafana: s, bytes, percentunit, reqps, ops, short. */
  readonly unit: string;
  /** Whether it goes below 0. */
  readonly signed?: true;
  /** PromQL by the text of the legend. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Page {
  readonly uid: string;
  readonly title: string;
  readonly rows: Readonly<Record<string, readonly Panel[]>>;
}

/** As monitoring/grafana/provisioning names it. */
const DATA_SOURCE = { type: 'prometheus', uid: 'openrisk-prometheus' };
const PANELS_A_ROW = 3;
const WIDTH = 24;

export function dashboardOf({ uid, title, rows }: Page): Dashboard {
  const dashboard = new DashboardBuilder(title).uid(uid).tags(['openrisk']).refresh('30s').readonly();
  dashboard.time({ from: 'now-6h', to: 'now' });
  for (const [row, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(row));
    for (const panel of panels) dashboard.withPanel(panelOf(panel));
  }
  return dashboard.build();
}

function panelOf({ title, unit, signed, queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder().title(title).unit(unit).datasource(DATA_SOURCE);
  if (!signed) panel.min(0);
  panel.span(WIDTH / PANELS_A_ROW).height(8);
  for (const [index, [legend, expr]] of Object.entries(queries).entries()) {
    panel.withTarget(
      new DataqueryBuilder()
        .expr(expr)
        .legendFormat(legend)
        .refId(String.fromCharCode('A'.charCodeAt(0) + index)),
    );
  }
  return panel;
}
