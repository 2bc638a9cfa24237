import { tag, type Tag } from '../../cache/tag';
import { RiskTags } from '../risk.cache';
import type { UpdateAsset } from './asset.dto';

export const AssetTags = {
  lists: tag('asset', 'list'),
  one: (id: string): Tag => tag('asset', 'id', id),
};

/** Risks tell the name and the criticality of their assets, and are scored by it. */
export function tagsOfChange(id: string, { name, criticality }: UpdateAsset): Tag[] {
  const risks = name === undefined && criticality === undefined ? [] : [RiskTags.all, RiskTags.each];
  return [AssetTags.lists, AssetTags.one(id), ...risks];
}
