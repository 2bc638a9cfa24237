import { sharedTag, tag, type Tag } from '../cache/tag';

/** Of the catalogue, which all tenants share. Its numbers change with installs and reviews of any of them. */
export const CatalogueTags = {
  all: sharedTag('marketplace', 'connector'),
};

export const AppTags = {
  /** Lists and totals. */
  lists: tag('marketplace', 'app', 'list'),
  /** An app, and what is below it. */
  one: (id: string): Tag => tag('marketplace', 'app', 'id', id),
  reviews: tag('marketplace', 'app', 'reviews'),
};
