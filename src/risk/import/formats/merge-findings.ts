import { withoutCandidate } from '../external-id';
import { fitTags, fitTexts } from '../fit-text';
import type { ImportRow, Rating, RiskCandidate } from '../import-row';
import { UNRATED } from '../rating-tables';
import { RowReader } from '../row-reader';
import type { SourceRecord } from '../source-record';
import { readFinding, type Finding } from './finding';

interface FindingRow {
  readonly row: ImportRow;
  readonly finding?: Finding;
}

interface Group {
  readonly firstRow: number;
  readonly findings: Finding[];
}

const mostPlacesShown = 200;

/**
 * One row per record. Records with the same id and title are one finding in several places: the first row stands for
 * all of them, with the worst rating, and open as long as one of them is open. The same id under another title is a
 * problem, because a tool that reuses its ids would otherwise lose findings.
 */
export function findingRows(
  records: Iterable<SourceRecord>,
  check: (fields: RowReader) => void = () => undefined,
): ImportRow[] {
  const groups = new Map<string, Group>();
  const placed = [...records]
    .map((record) => readRecord(record, check))
    .map(({ row, finding }): FindingRow => {
      if (!finding) return { row };
      const group = groups.get(finding.externalId);
      if (!group) {
        groups.set(finding.externalId, { firstRow: row.row, findings: [finding] });
        return { row, finding };
      }
      if (group.findings[0]?.title !== finding.title) {
        return { row: withoutCandidate(row, 'unique_id_from_tool', group.firstRow) };
      }
      group.findings.push(finding);
      return { row: { ...row, notices: [], mergedInto: group.firstRow } };
    });
  return placed.map(({ row, finding }) => {
    const group = finding && groups.get(finding.externalId);
    return group ? withCandidate(row, group.findings) : row;
  });
}

function readRecord(record: SourceRecord, check: (fields: RowReader) => void): FindingRow {
  const place = { row: record.row, ...(record.line === undefined ? {} : { line: record.line }) };
  if (record.problem) return { row: { ...place, problems: [record.problem], notices: [] } };
  const fields = new RowReader(record);
  check(fields);
  const finding = readFinding(fields);
  const row = { ...place, problems: fields.problems, notices: fields.notices };
  return finding && fields.problems.length === 0 ? { row, finding } : { row };
}

function withCandidate(row: ImportRow, findings: readonly Finding[]): ImportRow {
  const [first] = findings;
  if (!first) return row;
  const notices = [...row.notices];
  const rated = findings.some(({ impact }) => impact !== undefined);
  if (!rated) {
    const message = `is absent: the risk is a draft tagged "${UNRATED.tag}" with impact ${UNRATED.rating}`;
    notices.push({ pointer: '/severity', code: 'unrated', message });
  }
  const places = [...new Set(findings.flatMap(({ places }) => places))].slice(0, mostPlacesShown);
  const texts = fitTexts(first.title, first.description, [...first.sections, ['Found at', places.join('\n')]]);
  if (texts.cut)
    notices.push({ pointer: '/title', code: 'cut', message: 'was longer than a risk may hold and was cut' });

  const closed = findings.every((finding) => finding.closed);
  const candidate: RiskCandidate = {
    externalId: first.externalId,
    title: texts.title,
    description: texts.description,
    category: 'Vulnerability',
    probability: worst(findings.map(({ probability }) => probability)),
    impact: worst(findings.map(({ impact }) => impact ?? (rated ? 1 : UNRATED.rating))),
    status: closed ? 'CLOSED' : rated ? 'IDENTIFIED' : UNRATED.status,
    ...(findings.every(({ accepted }) => accepted) ? { treatment: 'ACCEPT' as const } : {}),
    tags: fitTags([...(rated ? [] : [UNRATED.tag]), ...findings.flatMap(({ tags }) => tags)]),
    frameworks: [],
    ...(first.dueDate === undefined ? {} : { dueDate: first.dueDate }),
    customFields: first.customFields,
  };
  return { ...row, candidate, notices };
}

function worst(ratings: readonly Rating[]): Rating {
  return ratings.reduce((highest, rating) => (rating > highest ? rating : highest), 1);
}
