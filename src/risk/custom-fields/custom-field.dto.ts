import { OmitType, PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Decimal, Flag, Instant, Integer, Text, TextList, Uuid } from '../../http/fields.decorator';
import { RISK_LIMITS } from '../risk-terms';

export const FIELD_TYPES = ['text', 'textarea', 'number', 'choice', 'date', 'checkbox'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

const bound = { min: -1e15, max: 1e15, optional: true, nullable: true };

export class CreateCustomField {
  @Text({
    min: 1,
    max: 64,
    pattern: /^[A-Za-z][\w.-]*$/,
    about: 'Its name in customFields; unique in the tenant, and never changed.',
    example: 'plant',
  })
  key!: string;

  @Text({ min: 1, max: 100, about: 'What people are shown.', example: 'Plant' })
  label!: string;

  @Choice(FIELD_TYPES, {
    about: 'Values are texts, numbers or flags; a date is YYYY-MM-DD. Never changed.',
    example: 'choice',
  })
  type!: FieldType;

  @Flag({ optional: true, about: 'A new risk must have it, and it cannot be removed. Imports are not bound by it.' })
  required?: boolean;

  @Decimal({ ...bound, about: 'Least number, or least length of a text.', example: null })
  min?: number | null;

  @Decimal({ ...bound, about: 'Greatest number, or greatest length of a text.', example: null })
  max?: number | null;

  @Text({
    min: 1,
    max: 200,
    optional: true,
    nullable: true,
    about: 'Of a text, from its beginning to its end, in the syntax of RE2.',
    example: null,
  })
  pattern?: string | null;

  @TextList({
    maxItems: 100,
    max: RISK_LIMITS.customFieldText,
    optional: true,
    about: 'Of a choice.',
    example: ['Lyon', 'Graz'],
  })
  choices?: string[];

  @Integer({ min: 0, max: 1000, optional: true, about: 'Where it is shown; 0 unless given.', example: 1 })
  position?: number;
}

/** Merge patch: only what is sent changes; null clears. Values that risks have already are left as they are. */
export class UpdateCustomField extends PartialType(OmitType(CreateCustomField, ['key', 'type']), {
  skipNullProperties: false,
}) {}

export class CustomFieldResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 64, example: 'region' })
  key!: string;

  @Text({ max: 100, example: 'Region' })
  label!: string;

  @Choice(FIELD_TYPES, { example: 'choice' })
  type!: FieldType;

  @Flag({ example: false })
  required!: boolean;

  @Decimal({ ...bound, optional: false, example: null })
  min!: number | null;

  @Decimal({ ...bound, optional: false, example: null })
  max!: number | null;

  @Text({ max: 200, nullable: true, example: null })
  pattern!: string | null;

  @TextList({ maxItems: 100, max: RISK_LIMITS.customFieldText, example: ['EMEA', 'AMER', 'APAC'] })
  choices!: string[];

  @Integer({ min: 0, max: 1000, example: 0 })
  position!: number;

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}
