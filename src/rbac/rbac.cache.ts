import { tag } from '../cache/tag';

export const RbacTags = {
  member: (userId: string) => tag('rbac', 'member', userId),
};
