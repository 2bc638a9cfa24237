import { OmitType } from '@nestjs/swagger';
import { Choice } from '../../http/fields.decorator';
import { RiskQuery } from '../risk-query.dto';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'json', 'oscal'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What narrows and sorts the list, without its pages. */
export class RiskExportQuery extends OmitType(RiskQuery, ['limit', 'cursor', 'page', 'total']) {
  @Choice(EXPORT_FORMATS, {
    optional: true,
    about: 'Each of them can be imported again; oscal is a plan of action and milestones, in JSON.',
    example: 'json',
  })
  format: ExportFormat = 'json';
}
