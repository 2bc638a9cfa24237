import { tag } from '../../cache/tag';

export const CustomFieldTags = {
  all: tag('risk', 'custom-fields'),
};
