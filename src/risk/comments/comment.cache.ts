import { tag, type Tag } from '../../cache/tag';

export const CommentTags = {
  of: (riskId: string): Tag => tag('risk', 'id', riskId, 'comments'),
};
