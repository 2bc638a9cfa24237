import { tag, type Tag } from '../../cache/tag';
import { tagsAmong } from '../../cache/tag-list';
import type { ExpectedVersion } from '../../http/conditional';
import { RiskTags } from '../risk.cache';
import type { UpdateAsset } from './asset.dto';

export const AssetTags = {
  lists: tag('asset', 'list'),
  one: (id: string): Tag => tag('asset', 'id', id),
};

/** Risks tell the name and the criticality of their assets, and are scored by it. */
export const tagsOfChange = tagsAmong(
  [AssetTags.lists, AssetTags.one, RiskTags.counted, RiskTags.each],
  (id: string, _: ExpectedVersion, { name, criticality }: UpdateAsset) => {
    const risks = name === undefined && criticality === undefined ? [] : [RiskTags.counted, RiskTags.each];
    return [AssetTags.lists, AssetTags.one(id), ...risks];
  },
);
