import { BadRequest } from '../../errors/http.errors';
import { daysBefore } from '../../http/period';
import { isOfRisks } from './timeseries';
import { LONGEST_SERIES_DAYS, type TimeseriesQuery } from './timeseries.dto';

/** Days, YYYY-MM-DD: both are part of the series, and neither lies after `today`. */
export interface SeriesRange {
  readonly from: string;
  readonly to: string;
  readonly today: string;
}

const USUAL_DAYS = 30;

/** @throws BadRequest 400 for a range that is empty or too long, or a group that the metric does not have */
export function seriesRange(query: TimeseriesQuery, today: string): SeriesRange {
  const { metric, groupBy } = query;
  if (groupBy !== undefined && !isOfRisks(metric)) {
    throw invalid('groupBy', 'exclusive', `cannot be combined with metric=${metric}`);
  }
  const to = query.to === undefined || query.to > today ? today : query.to;
  const from = query.from ?? daysBefore(to, USUAL_DAYS - 1);
  if (from > to) throw invalid('from', 'range', 'must not lie after the last day');
  if (from <= daysBefore(to, LONGEST_SERIES_DAYS)) {
    throw invalid('from', 'range', `must be one of the ${LONGEST_SERIES_DAYS} days up to the last day`);
  }
  return { from, to, today };
}

function invalid(parameter: string, code: string, message: string): BadRequest {
  return new BadRequest(`${parameter} ${message}.`, [{ pointer: `?${parameter}`, code, message }]);
}
